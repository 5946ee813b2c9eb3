import type { SequenceBatch, TokenBatch } from "@cai/contracts";
import type { CompletionTokens } from "./encode-completion.ts";
import { RolloutError } from "./error.ts";
import { leftPad } from "./prompt-tokens.ts";

/**
 * Rows as a batch: prompts `[B, P]` padded on the left, completions `[B, T]` on the right. A row without a prompt gives its first token as
 * one, since nothing predicts it.
 *
 * @throws RolloutError `invalid-completions` for no rows, and a row in which nothing is left to predict, by its number.
 * @example
 * const { prompts, responses } = completionBatch([{ promptIds: Int32Array.of(5), completionIds: Int32Array.of(6, 7) }]);
 */
export function completionBatch(rows: readonly CompletionTokens[]): SequenceBatch {
  if (rows.length === 0) throw new RolloutError("invalid-completions", "there are no rows; expected at least one");
  const predictable = rows.map(({ promptIds, completionIds }, index) => {
    const skipped = promptIds.length === 0 ? 1 : 0;
    if (completionIds.length <= skipped)
      throw new RolloutError(
        "invalid-completions",
        `row ${index + 1} of ${rows.length} has ${promptIds.length} tokens of a prompt and ${completionIds.length} behind it: ` +
          "nothing is left to predict; expected two tokens at least, one of them in the completion",
      );
    return skipped === 0
      ? { promptIds, completionIds }
      : { promptIds: completionIds.subarray(0, 1), completionIds: completionIds.subarray(1) };
  });
  return {
    prompts: leftPad(predictable.map(({ promptIds }) => promptIds)),
    responses: rightPad(predictable.map(({ completionIds }) => completionIds)),
  };
}

/** Rows of ids, one or more, as one batch `[B, T]`, padded on the right to the longest of them; the padding id is 0 and masked. */
function rightPad(rows: readonly Int32Array[]): TokenBatch {
  const columns = Math.max(...rows.map(({ length }) => length));
  const ids = new Int32Array(rows.length * columns);
  const mask = new Uint8Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    ids.set(row, index * columns);
    mask.fill(1, index * columns, index * columns + row.length);
  }
  return { ids, mask, shape: [rows.length, columns] };
}
