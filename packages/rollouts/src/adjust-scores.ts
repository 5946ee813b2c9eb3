import type { FinishReason } from "@cai/contracts";
import type { RunningMoments } from "./running-moments.ts";
import type { ScoreSettings } from "./score-options.ts";

/**
 * From the reward model's scores to those that the policy is trained on: the penalty for one that was cut, then scaling by
 * the running moments (which take in this batch first, as in TRL), then clipping. As long as all scores so far are equal, the divisor
 * is 1 (TRL divides by its ε, 1.2e-7).
 *
 * @param scores `[B]`, left as they are.
 */
export function adjustScores(
  scores: Float32Array,
  finishReasons: readonly FinishReason[],
  moments: RunningMoments,
  { missingEosPenalty, rewardScaling, rewardClip }: ScoreSettings,
): Float32Array {
  const penalised = scores.map((score, row) => (finishReasons[row] === "length" ? score - missingEosPenalty : score));
  if (rewardScaling !== "none") moments.update(penalised);
  const shift = rewardScaling === "normalize" ? moments.mean : 0;
  const scale = rewardScaling === "none" ? 1 : moments.std + 1e-8;
  const limit = rewardClip === 0 ? Number.POSITIVE_INFINITY : rewardClip;
  return penalised.map((score) => Math.min(limit, Math.max(-limit, (score - shift) / scale)));
}
