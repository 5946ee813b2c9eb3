import type { Shape2D } from "@cai/contracts";

/**
 * The position of every token in its own text: max(cumsum(mask) − 1, 0) along each row, `[B, T]`. Padding takes no position, so a row
 * means the same however far it is padded.
 *
 * @example
 * positionIds({ mask: Uint8Array.of(0, 0, 1, 1, 1, 0), shape: [1, 6] }); // 0 0 0 1 2 2
 */
export function positionIds({ mask, shape: [rows, columns] }: { readonly mask: Uint8Array; readonly shape: Shape2D }): Int32Array {
  const positions = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let seen = 0;
    for (let column = 0; column < columns; column++) {
      seen += mask[row * columns + column]!;
      positions[row * columns + column] = Math.max(seen - 1, 0);
    }
  }
  return positions;
}
