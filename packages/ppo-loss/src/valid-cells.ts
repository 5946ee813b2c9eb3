import type { Shape2D } from "@cai/contracts";

/** The places of a row's valid tokens in `[B, T]`. */
export function validCells(mask: Uint8Array, [, columns]: Shape2D, row: number): number[] {
  return Array.from({ length: columns }, (_, column) => row * columns + column).filter((cell) => mask[cell] === 1);
}
