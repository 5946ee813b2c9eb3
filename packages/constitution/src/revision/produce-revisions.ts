import { contentHash, type Json } from "../content-hash.ts";
import { produceRows, type RowFile, type RowFileOptions } from "../row-file.ts";
import { type ReviseOptions, revise } from "./revise.ts";
import { resolveRevisionSettings } from "./revision-options.ts";
import { type RevisionReport, revisionReport } from "./revision-report.ts";
import type { RevisionRow } from "./revision-row.ts";

export interface ProduceRevisionsOptions
  extends Omit<ReviseOptions, "firstPrompt">,
    Pick<RowFileOptions<RevisionRow>, "file" | "chunkRows" | "onProgress"> {
  /** What the rows depend on beside the options here: the batch size of a local model, say. */
  readonly identity?: { readonly [name: string]: Json };
}

/**
 * Revises the answers to prompts into a file, a `RevisionRow` a line, `chunkRows` prompts at a time. Started again after a kill it goes on, and ends with
 * the same bytes; see `produceRows`.
 *
 * @throws what `revise` and `produceRows` throw
 * @example
 * const { report } = await produceRevisions({ file: "revisions.jsonl", chunkRows: 8, feedback, constitution, prompts: [prompt] });
 */
export async function produceRevisions({
  file,
  chunkRows,
  onProgress,
  identity = {},
  ...options
}: ProduceRevisionsOptions): Promise<RowFile<RevisionRow> & { readonly report: RevisionReport }> {
  const { feedback, policy = feedback, constitution, prompts, signal, ...given } = options;
  const made = await produceRows<RevisionRow>({
    file,
    identity: {
      ...identity,
      policy: policy.identity,
      feedback: feedback.identity,
      constitution: constitution.sha256,
      prompts: contentHash(prompts as unknown as Json),
      ...resolveRevisionSettings(given),
    },
    total: prompts.length,
    chunkRows,
    make: (first, count) => revise({ ...options, prompts: prompts.slice(first, first + count), firstPrompt: first }),
    signal,
    onProgress,
  });
  return { ...made, report: revisionReport(made.rows) };
}
