import { keptRevisions, type RevisionRow } from "@cai/constitution";
import { CliError } from "./error.ts";
import { promptMessages } from "./prompt-messages.ts";
import { parseObject, readInputLines } from "./read-lines.ts";
import { promptOfLine } from "./read-prompts.ts";

/**
 * The revisions that the gate kept, of a file that `cai revise` wrote.
 *
 * @throws CliError `usage` for a line that isn't such a row, or where none was kept
 */
export async function readRevisions(file: string): Promise<RevisionRow[]> {
  const lines = await readInputLines(file);
  const rows = lines.map((line) => {
    const row = parseObject(line);
    const isWhole =
      typeof row.response === "string" &&
      [row.critiques, row.revisions, row.written, row.principles].every(isTexts) &&
      Array.isArray(row.verdicts) &&
      row.verdicts.every((verdict) => typeof verdict?.kept === "boolean");
    if (!isWhole)
      throw new CliError(
        "usage",
        `${line.where} is no row of cai revise: expected {"prompt": …, "response": …, "revisions": […], "principles": […], "verdicts": […], …}`,
      );
    return { ...row, prompt: promptMessages(promptOfLine(line)) } as unknown as RevisionRow;
  });
  const kept = keptRevisions(rows);
  if (kept.length === 0) throw new CliError("usage", `${file} has no revision that the gate of cai revise kept: nothing can be compared`);
  return kept;
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === "string");
