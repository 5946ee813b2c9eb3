import type { Rollout } from "@cai/contracts";
import { type ImportanceCorrection, importanceWeights } from "@cai/ppo-loss";

/**
 * How far the log-probabilities of the engine that drew the responses are from the policy's own, and what tokens weigh for it.
 *
 * @param correction what becomes of weights above `cap`; a cap of 0 is none.
 * @returns `weights` `[B, T]`, as `importanceWeights` gives them, and the metrics under TRL's names.
 */
export function samplingMismatch(
  { responses, behaviourLogprobs }: Pick<Rollout, "responses" | "behaviourLogprobs">,
  oldLogprobs: Float32Array,
  { correction, cap }: { readonly correction: ImportanceCorrection; readonly cap: number },
) {
  const mismatch = importanceWeights({ ...responses, oldLogprobs, behaviourLogprobs, correction, cap: cap || Number.POSITIVE_INFINITY });
  return {
    weights: mismatch.weights,
    metrics: {
      "sampling/sampling_logp_difference/mean": mismatch.meanDifference,
      "sampling/sampling_logp_difference/max": mismatch.maxDifference,
      "sampling/capped_fraction": mismatch.cappedFraction,
    },
  };
}
