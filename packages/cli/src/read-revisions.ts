import { keptRevisions, type RevisionRow } from "@cai/constitution";
import { type PromptRow, promptForm, type ReadOptions, type RowForm, readRows, type SkippedRows } from "@cai/data";
import { CliError } from "./error.ts";
import { promptMessages } from "./prompt-messages.ts";

const rowWanted = '{"prompt": …, "response": …, "revisions": […], "principles": […], "verdicts": […], …}';

const textLists = ["critiques", "revisions", "written", "principles"];
const ownColumns = ["response", ...textLists, "endings", "verdicts", "constitution"];

const revisionForm: RowForm<PromptRow & Omit<RevisionRow, "prompt">> = {
  columns: [...promptForm.columns, ...ownColumns],
  ofColumns(row) {
    const verdicts = row.value("verdicts");
    const isWhole =
      typeof row.value("response") === "string" &&
      textLists.every((name) => isTexts(row.value(name))) &&
      isEndings(row.value("endings") as RevisionRow["endings"] | undefined) &&
      Array.isArray(verdicts) &&
      verdicts.every((verdict) => typeof verdict?.kept === "boolean");
    if (!isWhole) return row.refuse(`is no row of cai revise: expected ${rowWanted}`);
    const own = Object.fromEntries(ownColumns.map((name) => [name, row.value(name)]));
    return { ...promptForm.ofColumns(row), ...own } as PromptRow & Omit<RevisionRow, "prompt">;
  },
};

/**
 * The revisions that the gate kept, of a file that `cai revise` wrote.
 *
 * @throws DataError for a line that isn't such a row; CliError `usage` where none was kept
 */
export async function readRevisions(
  file: string,
  options?: ReadOptions,
): Promise<{ readonly rows: readonly RevisionRow[]; readonly skipped: SkippedRows }> {
  const { rows, skipped } = await readRows(file, revisionForm, options);
  const kept = keptRevisions(rows.map((read) => ({ ...read.row, prompt: promptMessages(read) })));
  if (kept.length === 0) throw new CliError("usage", `${file} has no revision that the gate of cai revise kept: nothing can be compared`);
  return { rows: kept, skipped };
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === "string");
const isEndings = (value: RevisionRow["endings"] | undefined): boolean =>
  typeof value?.response === "string" && isTexts(value.critiques) && isTexts(value.revisions);
