import { checkSameLength } from "./check.ts";
import { solve } from "./fit-logistic.ts";

/** A reward as a function of d = √KL: start + d·(α − β·d). */
export interface OverOptimisationFit {
  /** The reward at d = 0. */
  readonly start: number;
  readonly alpha: number;
  readonly beta: number;
  /** Where it is highest: α/2β; null where it does not turn down at a distance above 0. */
  readonly peak: number | null;
  /** Share of the rewards' variance that it explains. */
  readonly explained: number;
}

const leastPoints = 5;

/**
 * The least-squares fit of R(d) = start + d·(α − β·d), d = √KL: the law that Gao et al. 2022 (https://arxiv.org/abs/2210.10760) found for best
 * of n; for reinforcement learning they found start + d·(α − β·ln d), whose slope at 0 is infinite and which a few steps can't hold up. A proxy
 * that is learned rises; where the gold score turns down, what is still gained of the proxy is lost of what it stands for.
 *
 * @param options a distance and a reward for each point
 * @returns null for fewer than 5 points, or fewer than 3 distances
 * @throws EvaluationError `shape-mismatch`
 * @example
 * const distances = [0, 1, 2, 3, 4];
 * fitOverOptimisation({ distances, rewards: distances.map((d) => 1 + d * (2 - 0.5 * d)) })?.peak; // 2, but for rounding
 */
export function fitOverOptimisation({
  distances,
  rewards,
}: {
  readonly distances: readonly number[];
  readonly rewards: readonly number[];
}): OverOptimisationFit | null {
  checkSameLength({ distances, rewards });
  const scale = Math.max(...distances, 0);
  if (distances.length < leastPoints || new Set(distances).size < 3) return null;
  // Distances as shares of the farthest: powers of like size.
  const rows = distances.map((distance) => [1, distance / scale, -((distance / scale) ** 2)]);
  const normal = [0, 1, 2].map((i) => [0, 1, 2].map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)));
  const right = [0, 1, 2].map((i) => rows.reduce((sum, row, point) => sum + row[i]! * rewards[point]!, 0));
  const [start, slope, bend] = solve(normal, right) as [number, number, number];
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  const total = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0);
  const left = rows.reduce((sum, [, d, square], point) => sum + (rewards[point]! - start - slope * d! - bend * square!) ** 2, 0);
  const [alpha, beta] = [slope / scale, bend / scale ** 2];
  return { start, alpha, beta, peak: alpha > 0 && beta > 0 ? alpha / (2 * beta) : null, explained: total === 0 ? 0 : 1 - left / total };
}
