import { type KlEstimator, klEstimators } from "@cai/kl";
import type { AggregationOptions } from "./aggregation.ts";
import { PpoLossError } from "./error.ts";
import { checkLengths, type Loss, pointwiseLoss } from "./pointwise.ts";

/**
 * The mean estimated KL divergence from the reference, as a term of the loss (where it is not already part of the reward).
 *
 * `newLogprobs` `[B, T]`, `refLogprobs` `[B, T]`, in nats. The slopes are those with respect to `newLogprobs`. On
 * the policy's own samples `k2` has on average the gradient of KL(new ‖ ref), `k3` that of KL(ref ‖ new), and `k1` one of mean 0, which holds
 * nothing back. Weighted by the ratio, `k1` and `k3` have that of KL(new ‖ ref), also on samples of the policy before its update
 * (DeepSeek-V3.2, https://arxiv.org/abs/2512.02556).
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * const { loss } = klPenalty({
 *   newLogprobs: new Float32Array([-1]),
 *   refLogprobs: new Float32Array([-3]),
 *   mask: new Uint8Array([1]),
 *   shape: [1, 1],
 *   estimator: "k2",
 * }); // 2
 */
export function klPenalty(
  options: {
    readonly newLogprobs: Float32Array;
    readonly refLogprobs: Float32Array;
    readonly estimator: KlEstimator;
    /** Each estimate is multiplied by the ratio exp(new − old), with a gradient through it. Default: it is not. */
    readonly oldLogprobs?: Float32Array | undefined;
  } & AggregationOptions,
): Loss {
  const { newLogprobs, refLogprobs, oldLogprobs, estimator, mask } = options;
  checkLengths(mask.length, { refLogprobs, oldLogprobs });
  if (!Object.hasOwn(klEstimators, estimator))
    throw new PpoLossError("bad-option", `estimator is ${estimator}: pass ${Object.keys(klEstimators).join(", ")}.`);
  return pointwiseLoss("newLogprobs", newLogprobs, options, (logprob, index) => {
    const { value, slope } = klEstimators[estimator](logprob - refLogprobs[index]!);
    if (oldLogprobs === undefined) return { value, slope };
    const ratio = Math.exp(logprob - oldLogprobs[index]!);
    return { value: ratio * value, slope: ratio * (value + slope) };
  });
}
