import type { SequenceBatch, TokenBatch } from "@cai/contracts";

/** The same tokens with id 0 where masked, so that padding never looks outside of an embedding. */
export function withoutPaddingIds({ ids, mask, shape }: TokenBatch): TokenBatch {
  return { ids: ids.map((id, index) => (mask[index] === 1 ? id : 0)), mask, shape };
}

/**
 * The columns that a model reads to predict every response token: `[prompt | response]` without its last column, `[B, P + T − 1]`, id 0
 * where masked.
 */
export function inputColumns({ prompts, responses }: SequenceBatch): TokenBatch {
  const [rows, promptColumns] = prompts.shape;
  const responseColumns = responses.shape[1];
  const columns = promptColumns + responseColumns - 1;
  const ids = new Int32Array(rows * columns);
  const mask = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (const [batch, start, count] of [
      [prompts, 0, promptColumns],
      [responses, promptColumns, responseColumns - 1],
    ] as const) {
      const from = row * batch.shape[1];
      ids.set(batch.ids.subarray(from, from + count), row * columns + start);
      mask.set(batch.mask.subarray(from, from + count), row * columns + start);
    }
  }
  return withoutPaddingIds({ ids, mask, shape: [rows, columns] });
}
