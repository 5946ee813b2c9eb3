import type { Shape2D } from "./tokens.ts";

/**
 * How many cells of a mask count.
 *
 * @example
 * countValid(Uint8Array.of(1, 0, 1)); // 2
 */
export function countValid(mask: Uint8Array): number {
  let count = 0;
  for (const valid of mask) if (valid === 1) count++;
  return count;
}

/** The cells of a mask that count, from `from` to before `to`, in their order. */
export function validCells(mask: Uint8Array, from = 0, to = mask.length): number[] {
  const cells: number[] = [];
  for (let cell = from; cell < to; cell++) if (mask[cell] === 1) cells.push(cell);
  return cells;
}

/** How many cells of each row count: `[B]`. */
export function rowLengths(mask: Uint8Array, [rows, columns]: Shape2D): number[] {
  return Array.from({ length: rows }, (_, row) => countValid(mask.subarray(row * columns, (row + 1) * columns)));
}

/** The values where the mask is 1, 0 elsewhere. */
export function validOnly(values: Float32Array, mask: Uint8Array): Float32Array {
  return values.map((value, cell) => (mask[cell] === 1 ? value : 0));
}

/** The valid cells of each row, in their order: `[B]` arrays of their own lengths. */
export function validRows<Values extends Float32Array | Int32Array>(values: Values, mask: Uint8Array, [rows, columns]: Shape2D): Values[] {
  return Array.from(
    { length: rows },
    (_, row) => values.subarray(row * columns, (row + 1) * columns).filter((_, column) => mask[row * columns + column] === 1) as Values,
  );
}
