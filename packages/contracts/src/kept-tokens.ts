import type { Shape2D } from "./tokens.ts";

/**
 * The ids that each token of `[B, T]` responses was drawn from, where top-k or top-p left others out: what training must normalise over, so that
 * it differentiates the distribution that was sampled.
 *
 * Ragged: those of cell i = row · T + column are `ids[offsets[i]]` to `ids[offsets[i + 1] − 1]`, ascending, the drawn one among them. A cell without
 * any was drawn from the whole vocabulary, or is padding.
 */
export interface KeptTokens {
  readonly ids: Int32Array;
  /** `[B · T + 1]`. */
  readonly offsets: Int32Array;
}

/**
 * Puts together the ids of all cells, in the order of the cells.
 *
 * @example
 * joinKept([Int32Array.of(3, 7), Int32Array.of(1)]); // { ids: [3, 7, 1], offsets: [0, 2, 3] }
 */
export function joinKept(cells: readonly Int32Array[]): KeptTokens {
  const offsets = new Int32Array(cells.length + 1);
  cells.forEach(({ length }, cell) => {
    offsets[cell + 1] = offsets[cell]! + length;
  });
  const ids = new Int32Array(offsets[cells.length]!);
  cells.forEach((own, cell) => {
    ids.set(own, offsets[cell]!);
  });
  return { ids, offsets };
}

/** The ids of one cell: a view. */
export function keptOf({ ids, offsets }: KeptTokens, cell: number): Int32Array {
  return ids.subarray(offsets[cell]!, offsets[cell + 1]!);
}

/** Those of the given rows, in the order given. */
export function selectKept(kept: KeptTokens, [, columns]: Shape2D, rows: ArrayLike<number>): KeptTokens {
  return joinKept(
    Array.from({ length: rows.length * columns }, (_, i) => keptOf(kept, rows[Math.floor(i / columns)]! * columns + (i % columns))),
  );
}
