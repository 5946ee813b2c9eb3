import type { SequenceBatch } from "@cai/contracts";
import { completionBatch } from "@cai/rollouts";
import type { LabelledTokens } from "./encode-example.ts";

/** Examples as the model reads them, and which of their tokens are learned. */
export interface SftBatch extends SequenceBatch {
  /** `[B, T]`, 1 for the response tokens that count in the loss. */
  readonly counted: Uint8Array;
}

/**
 * Examples as one batch `[B, P]`, `[B, T]`: what stands before the first token that counts is the prompt, and what follows the last one is not
 * read. Between the two may stand others that don't count: a user's turns.
 */
export function sftBatch(examples: readonly LabelledTokens[]): SftBatch {
  const rows = examples.map(({ ids, counted }) => {
    const first = counted.indexOf(1);
    const end = counted.lastIndexOf(1) + 1;
    return { promptIds: ids.subarray(0, first), completionIds: ids.subarray(first, end), counted: counted.subarray(first, end) };
  });
  const batch = completionBatch(rows);
  const columns = batch.responses.shape[1];
  const counted = new Uint8Array(rows.length * columns);
  rows.forEach((row, index) => {
    counted.set(row.counted, index * columns);
  });
  return { ...batch, counted };
}
