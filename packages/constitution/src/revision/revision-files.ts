import type { PromptFormat } from "@cai/feedback";
import { wholeFiles } from "@cai/whole-file";
import { ConstitutionError } from "../error.ts";
import { jsonLines } from "../json-lines.ts";
import type { RevisionReport } from "./revision-report.ts";
import type { RevisionRow } from "./revision-row.ts";
import { revisionTrainingRows } from "./revision-training-rows.ts";

const files = wholeFiles(ConstitutionError);

/**
 * The names of what stands beside a file of revisions: `{ examples: "revisions.examples.jsonl", … }`.
 *
 * @example
 * revisionFiles("runs/revisions.jsonl").pairs; // runs/revisions.pairs.jsonl
 */
export function revisionFiles(file: string): { examples: string; pairs: string; report: string } {
  const stem = file.replace(/\.jsonl$/, "");
  return { examples: `${stem}.examples.jsonl`, pairs: `${stem}.pairs.jsonl`, report: `${stem}.report.json` };
}

/**
 * Writes beside a file of revisions what can be learned from it, as JSON lines in TRL's forms, and the gate's report.
 *
 * @param format of the policy that will be trained on them
 * @throws ConstitutionError `cannot-write`; FeedbackError `unreadable-message`
 * @example
 * const { rows, report } = await produceRevisions({ file: "revisions.jsonl", chunkRows: 8, feedback, constitution, prompts: [prompt] });
 * await writeRevisionFiles({ file: "revisions.jsonl", rows, report, format: promptFormat("chat") });
 */
export async function writeRevisionFiles({
  file,
  rows,
  report,
  format,
}: {
  readonly file: string;
  readonly rows: readonly RevisionRow[];
  readonly report: RevisionReport;
  readonly format: PromptFormat;
}): Promise<void> {
  const beside = revisionFiles(file);
  const { examples, pairs } = revisionTrainingRows({ rows, format });
  await files.write(beside.examples, jsonLines(examples));
  await files.write(beside.pairs, jsonLines(pairs));
  await files.write(beside.report, `${JSON.stringify(report, null, 2)}\n`);
}
