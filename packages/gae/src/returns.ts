import type { Shape2D } from "@cai/contracts";
import { checkDiscount, checkLengths } from "./check.ts";

/**
 * The discounted sum of the rewards from each valid token to the row's last one: G_t = r_t + γ·G_next, in float64.
 *
 * @param options `rewards` `[B, T]`, `mask` `[B, T]` (1 = counts; a hole is stepped over), `shape`, `gamma` in [0, 1]
 * @returns `[B, T]`, 0 where masked
 * @throws GaeError for lengths that don't match the shape, or γ outside [0, 1]
 * @example
 * const returns = discountedReturns({
 *   rewards: Float32Array.of(1, 0, 4),
 *   mask: Uint8Array.of(1, 1, 1),
 *   shape: [1, 3],
 *   gamma: 0.5,
 * });
 * console.log(returns); // Float32Array(3) [ 2, 2, 4 ]
 */
export function discountedReturns(options: {
  readonly rewards: Float32Array;
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
  readonly gamma: number;
}): Float32Array {
  const { rewards, mask, shape, gamma } = options;
  const [rows, columns] = shape;
  checkLengths({ rewards, mask }, rows * columns, `shape [${rows}, ${columns}]`);
  checkDiscount("gamma", gamma);

  const returns = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let next = 0;
    for (let i = (row + 1) * columns - 1; i >= row * columns; i--) {
      if (mask[i] === 0) continue;
      next = rewards[i]! + gamma * next;
      returns[i] = next;
    }
  }
  return returns;
}
