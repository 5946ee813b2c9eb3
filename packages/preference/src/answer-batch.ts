import type { SequenceBatch, Shape2D } from "@cai/contracts";
import type { CompletionTokens } from "@cai/rollouts";
import type { DpoRow } from "./dpo-rows.ts";

/** The answers of N pairs as 2N rows: all chosen ones, then all rejected ones. */
export function answersOf(pairs: readonly DpoRow[]): CompletionTokens[] {
  return [
    ...pairs.map(({ promptIds, chosenIds }) => ({ promptIds, completionIds: chosenIds })),
    ...pairs.map(({ promptIds, rejectedIds }) => ({ promptIds, completionIds: rejectedIds })),
  ];
}

/** `[2N]` of those rows as the answers of N pairs. */
export function pairsOf<Numbers extends { slice(from: number, to?: number): Numbers; readonly length: number }>(
  rows: Numbers,
): { readonly chosen: Numbers; readonly rejected: Numbers } {
  return { chosen: rows.slice(0, rows.length / 2), rejected: rows.slice(rows.length / 2) };
}

/** `[B, T]` → `[B]`, in float64. Padding holds 0. */
export function sumsOfRows(values: Float32Array | Uint8Array, [rows, columns]: Shape2D): number[] {
  return Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let cell = row * columns; cell < (row + 1) * columns; cell++) sum += values[cell]!;
    return sum;
  });
}

/** A slope a row, `[B]`, as one of each of its tokens, `[B, T]`: 0 at padding. */
export function slopesOfTokens(slopes: ArrayLike<number>, { responses: { mask, shape } }: SequenceBatch): Float32Array {
  return Float32Array.from(mask, (valid, cell) => (valid === 1 ? slopes[Math.floor(cell / shape[1])]! : 0));
}
