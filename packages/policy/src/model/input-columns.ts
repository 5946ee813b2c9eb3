import type { SequenceBatch, TokenBatch } from "@cai/contracts";

/** The valid tokens of several texts, one text after another, without padding: N of them. */
export interface PackedTokens {
  /** `[N]`. */
  readonly ids: Int32Array;
  /** `[N]`: the place of each token in its own text, from 0. */
  readonly positions: Int32Array;
  /** Tokens of each text. */
  readonly lengths: Int32Array;
}

/** The valid tokens of each row, and where they stood: `cells` `[N]` are their places in the batch's arrays. */
export function packTokens({ ids, mask, shape: [rows, columns] }: TokenBatch): PackedTokens & { readonly cells: Int32Array } {
  const cells: number[] = [];
  const positions: number[] = [];
  const lengths = new Int32Array(rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const cell = row * columns + column;
      if (mask[cell] === 0) continue;
      cells.push(cell);
      positions.push(lengths[row]!++);
    }
  const places = Int32Array.from(cells);
  return { ids: places.map((cell) => ids[cell]!), positions: Int32Array.from(positions), lengths, cells: places };
}

/**
 * What a model reads to predict every response token, `[prompt | response]` without the last column, and where the hidden states behind the
 * response tokens are read: `readAt` `[B · T]` is the row of N before each response token, and before the first column of padding behind
 * them, where a response ends; −1 at the rest of the padding.
 */
export function inputColumns({ prompts, responses }: SequenceBatch): PackedTokens & { readonly readAt: Int32Array } {
  const [rows, promptColumns] = prompts.shape;
  const responseColumns = responses.shape[1];
  const columns = promptColumns + responseColumns - 1;
  const ids = new Int32Array(rows * columns);
  const mask = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (const [batch, start, count] of [
      [prompts, 0, promptColumns],
      [responses, promptColumns, responseColumns - 1],
    ] as const) {
      const from = row * batch.shape[1];
      ids.set(batch.ids.subarray(from, from + count), row * columns + start);
      mask.set(batch.mask.subarray(from, from + count), row * columns + start);
    }
  const tokens = packTokens({ ids, mask, shape: [rows, columns] });
  const readAt = new Int32Array(rows * responseColumns).fill(-1);
  tokens.cells.forEach((cell, place) => {
    const column = (cell % columns) - promptColumns + 1;
    if (column >= 0) readAt[Math.floor(cell / columns) * responseColumns + column] = place;
  });
  return { ids: tokens.ids, positions: tokens.positions, lengths: tokens.lengths, readAt };
}
