import type { AggregationOptions } from "./aggregation.ts";
import { PpoLossError } from "./error.ts";
import { checkLengths, type Loss, pointwiseLoss } from "./pointwise.ts";

/**
 * CISPO (MiniMax 2025, https://arxiv.org/abs/2506.13585): REINFORCE with a clipped importance weight, so that every token keeps a gradient:
 *
 *     token loss = −min(exp(new − old), cap)·A·new, without a gradient through the weight
 *
 * The slopes are those with respect to `newLogprobs` `[B, T]`.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * const { slopes } = cispoLoss({
 *   newLogprobs: new Float32Array([Math.log(0.5)]),
 *   oldLogprobs: new Float32Array([Math.log(0.25)]),
 *   advantages: new Float32Array([1]),
 *   cap: 1.5,
 *   mask: new Uint8Array([1]),
 *   shape: [1, 1],
 * }); // [-1.5]: the ratio 2 counts as 1.5
 */
export function cispoLoss(
  options: {
    readonly newLogprobs: Float32Array;
    readonly oldLogprobs: Float32Array;
    /** `[B, T]`. */
    readonly advantages: Float32Array;
    /** Largest ratio that counts, above 0. */
    readonly cap: number;
    /** `[B, T]`: each token's loss is multiplied by it, without a gradient through it. Default: 1. */
    readonly weights?: Float32Array | Float64Array | undefined;
  } & AggregationOptions,
): Loss {
  const { newLogprobs, oldLogprobs, advantages, weights, cap, mask } = options;
  checkLengths(mask.length, { oldLogprobs, advantages, weights });
  if (!(cap > 0)) throw new PpoLossError("bad-option", `cap is ${cap}: pass a number above 0.`);
  return pointwiseLoss("newLogprobs", newLogprobs, options, (logprob, cell) => {
    const ratio = Math.min(Math.exp(logprob - oldLogprobs[cell]!), cap);
    const slope = -(weights?.[cell] ?? 1) * ratio * advantages[cell]!;
    return { value: slope * logprob, slope };
  });
}
