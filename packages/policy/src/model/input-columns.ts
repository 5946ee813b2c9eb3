import { rowLengths, type SequenceBatch, type TokenBatch, validCells } from "@cai/contracts";

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
  const cells = Int32Array.from(validCells(mask));
  const lengths = new Int32Array(rows);
  const positions = cells.map((cell) => lengths[Math.floor(cell / columns)]!++);
  return { ids: cells.map((cell) => ids[cell]!), positions, lengths, cells };
}

/** Tokens to read, which of the N hidden states are wanted of them, and of each text how many come before the first of those that may be. */
export type ReadTokens = PackedTokens & { readonly readAt: Int32Array; readonly shareable: Int32Array };

/**
 * What a model reads to predict every response token, `[prompt | response]` without the last token of each response. `readAt` `[B · T]` is the row
 * of N before each response token; −1 at padding.
 */
export function inputColumns(batch: SequenceBatch): ReadTokens {
  const { prompts, responses } = batch;
  const [rows, responseColumns] = responses.shape;
  const { cells, ...tokens } = packTokens(joined({ prompts, responses: withoutLast(responses) }));
  const columns = prompts.shape[1] + responseColumns;
  const readAt = new Int32Array(rows * responseColumns).fill(-1);
  cells.forEach((cell, place) => {
    const column = (cell % columns) - prompts.shape[1] + 1;
    const target = Math.floor(cell / columns) * responseColumns + column;
    if (column >= 0 && responses.mask[target] === 1) readAt[target] = place;
  });
  return { ...tokens, readAt, shareable: shareableTokens(prompts) };
}

/** What a model reads of whole texts, `[prompt | response]`. `readAt` `[B]` is the last token of each row: the prompt's, where no response is. */
export function wholeTexts(batch: SequenceBatch): ReadTokens {
  const { ids, positions, lengths } = packTokens(joined(batch));
  return { ids, positions, lengths, readAt: lastPlaces(lengths), shareable: shareableTokens(batch.prompts) };
}

/** `[B]`: the tokens of each prompt but the last, which is read. */
export function shareableTokens({ mask, shape }: TokenBatch): Int32Array {
  return Int32Array.from(rowLengths(mask, shape), (length) => length - 1);
}

/** The place of the last token of each text among those of all. */
export function lastPlaces(lengths: Int32Array): Int32Array {
  let read = 0;
  return lengths.map((length) => {
    read += length;
    return read - 1;
  });
}

/** Right-padded rows, each without its last token. */
function withoutLast({ ids, mask, shape }: TokenBatch): TokenBatch {
  const others = mask.slice();
  rowLengths(mask, shape).forEach((length, row) => {
    if (length > 0) others[row * shape[1] + length - 1] = 0;
  });
  return { ids, mask: others, shape };
}

/** `[prompt | response]`. */
function joined({ prompts, responses }: SequenceBatch): TokenBatch {
  const rows = prompts.shape[0];
  const columns = prompts.shape[1] + responses.shape[1];
  const ids = new Int32Array(rows * columns);
  const mask = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (const [part, start] of [
      [prompts, 0],
      [responses, prompts.shape[1]],
    ] as const) {
      const [from, to] = [row * part.shape[1], (row + 1) * part.shape[1]];
      ids.set(part.ids.subarray(from, to), row * columns + start);
      mask.set(part.mask.subarray(from, to), row * columns + start);
    }
  return { ids, mask, shape: [rows, columns] };
}
