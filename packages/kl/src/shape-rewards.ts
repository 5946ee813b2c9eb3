import type { Shape2D } from "@cai/contracts";
import { checkLengths, checkNumber } from "./check.ts";

export interface ShapeRewardsOptions {
  /** `[B, T]`, as from `tokenKl`. */
  readonly kl: Float32Array;
  /** `[B]`, finite: one score for each response. */
  readonly scores: Float32Array;
  /** `[B, T]`, 1 = counts. */
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
  /** β ≥ 0. */
  readonly coefficient: number;
}

/**
 * The rewards that PPO sees: −β·kl at every valid token, plus the score at the row's last one (Ziegler et al. 2019, eq. 2).
 * A row without a valid token gets none.
 *
 * @returns `rewards` and `nonScoreRewards` (the same without the scores), `[B, T]`, 0 where masked
 * @throws KlError for lengths that don't match the shape, a score that is not finite or a negative coefficient
 * @example
 * const { rewards } = shapeRewards({
 *   kl: Float32Array.of(0.5, 1, 0),
 *   scores: Float32Array.of(2),
 *   mask: Uint8Array.of(1, 1, 0),
 *   shape: [1, 3],
 *   coefficient: 0.5,
 * });
 * console.log(rewards); // Float32Array(3) [ -0.25, 1.5, 0 ]
 */
export function shapeRewards({ kl, scores, mask, shape, coefficient }: ShapeRewardsOptions): {
  rewards: Float32Array;
  nonScoreRewards: Float32Array;
} {
  const [rows, columns] = shape;
  checkLengths({ kl, mask }, rows * columns, `shape [${rows}, ${columns}]`);
  checkLengths({ scores }, rows, `one for each of ${rows} rows`);
  checkNumber("coefficient", coefficient, 0);
  for (const [row, score] of scores.entries()) checkNumber(`the score of row ${row}`, score, -Infinity);

  const rewards = new Float32Array(kl.length);
  const nonScoreRewards = new Float32Array(kl.length);
  for (let row = 0; row < rows; row++) {
    let score = scores[row]!;
    for (let i = (row + 1) * columns - 1; i >= row * columns; i--) {
      if (mask[i] === 0) continue;
      const penalty = coefficient * kl[i]!;
      nonScoreRewards[i] = 0 - penalty; // without a penalty 0, not −0
      rewards[i] = score - penalty;
      score = 0;
    }
  }
  return { rewards, nonScoreRewards };
}
