import type { Shape2D } from "@cai/contracts";
import { checkDiscount, checkLengths } from "./check.ts";

export interface GaeOptions {
  /** `[B, T]` */
  readonly rewards: Float32Array;
  /** `[B, T]`, the value estimate V of the state in which each token was chosen. */
  readonly values: Float32Array;
  /** `[B, T]`, 1 = counts. What stands elsewhere in the other arrays has no influence, even NaN. */
  readonly mask: Uint8Array;
  /** `[B, T]`, 1 = the episode ends with this step: nothing flows back into it. Default: none does. */
  readonly dones?: Uint8Array | undefined;
  /** `[B]`, the value after each row's last valid token: that of the state where the row was cut. Default 0: it ended. */
  readonly bootstrapValues?: Float32Array | undefined;
  readonly shape: Shape2D;
  /** Discount γ in [0, 1]. */
  readonly gamma: number;
  /** λ in [0, 1], one for all rows or `[B]`: 0 is the one-step advantage, 1 the whole return minus the value. */
  readonly lambda: number | ArrayLike<number>;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, eq. 16), row by row over the valid tokens:
 *
 *     δ_t = r_t + γ·V_next·(1 − done_t) − V_t
 *     A_t = δ_t + γ·λ·(1 − done_t)·A_next
 *
 * "Next" is the next valid token, so that a hole in the mask is stepped over; after the last one V is the bootstrap value and A is 0.
 * Sums run in float64.
 *
 * @returns `advantages` and `returns` = advantages + values, `[B, T]`, both 0 where masked (a row without a valid token is all 0)
 * @throws GaeError for lengths that don't match the shape, or γ or a λ outside [0, 1]
 * @example
 * const { advantages, returns } = computeGae({
 *   rewards: Float32Array.of(0, 1),
 *   values: Float32Array.of(0.5, 0.5),
 *   mask: Uint8Array.of(1, 1),
 *   shape: [1, 2],
 *   gamma: 1,
 *   lambda: 0.5,
 * });
 * console.log(advantages, returns); // Float32Array(2) [ 0.25, 0.5 ] Float32Array(2) [ 0.75, 1 ]
 */
export function computeGae(options: GaeOptions): { advantages: Float32Array; returns: Float32Array } {
  const { rewards, values, mask, dones, bootstrapValues, shape, gamma, lambda } = options;
  const [rows, columns] = shape;
  checkLengths({ rewards, values, mask, dones }, rows * columns, `shape [${rows}, ${columns}]`);
  checkLengths({ bootstrapValues }, rows, `one for each of ${rows} rows`);
  checkDiscount("gamma", gamma);
  const lambdas = typeof lambda === "number" ? Array<number>(rows).fill(lambda) : lambda;
  checkLengths({ lambda: lambdas }, rows, `one for each of ${rows} rows`);
  for (let row = 0; row < rows; row++) checkDiscount("lambda", lambdas[row]!);

  const advantages = new Float32Array(rows * columns);
  const returns = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    let nextValue = bootstrapValues?.[row] ?? 0;
    let nextAdvantage = 0;
    for (let i = (row + 1) * columns - 1; i >= row * columns; i--) {
      if (mask[i] === 0) continue;
      const discount = dones !== undefined && dones[i] !== 0 ? 0 : gamma;
      const value = values[i]!;
      const delta = rewards[i]! + discount * nextValue - value;
      const advantage = delta + discount * lambdas[row]! * nextAdvantage;
      advantages[i] = advantage;
      returns[i] = advantage + value;
      nextValue = value;
      nextAdvantage = advantage;
    }
  }
  return { advantages, returns };
}
