import { EvaluationError } from "./error.ts";

/**
 * The policy's mean length over the base's, in whatever both are counted in.
 *
 * @throws EvaluationError `bad-scores` where either has none, or the base's are all 0
 * @example
 * lengthRatio({ policy: [30, 50], base: [10, 30] }); // 2
 */
export function lengthRatio({ policy, base }: { readonly policy: readonly number[]; readonly base: readonly number[] }): number {
  const mean = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const ratio = mean(policy) / mean(base);
  if (!Number.isFinite(ratio))
    throw new EvaluationError("bad-scores", `lengths have the ratio ${ratio}: pass some of each, the base's not all 0`);
  return ratio;
}
