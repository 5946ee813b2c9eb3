import type { AggregationOptions } from "./aggregation.ts";
import { PpoLossError } from "./error.ts";
import { importanceWeights } from "./importance-weights.ts";
import { checkLengths, type Loss, pointwiseLoss } from "./pointwise.ts";

/** How far the policy may move before its gain no longer counts. */
export interface PolicyClipping {
  /** The ratio counts down to 1 − clipLow. Default 0.2. */
  readonly clipLow?: number | undefined;
  /** The ratio counts up to 1 + clipHigh. Default: clipLow ("clip-higher": https://arxiv.org/abs/2503.14476). */
  readonly clipHigh?: number | undefined;
  /** Where A < 0, a token's loss is at most −A·dualClip; above 1, usually 3 (https://arxiv.org/abs/1912.09729). Default: off. */
  readonly dualClip?: number | undefined;
  /** new − old is first clamped to ± this. Default: off. */
  readonly logRatioClamp?: number | undefined;
}

/** What the policy loss is made of; arrays are `[B, T]`, in nats. */
export interface PolicyLossArrays {
  /** Log-probabilities by the trainer's own forward pass, before the first update. */
  readonly oldLogprobs: Float32Array;
  readonly advantages: Float32Array;
  /** Log-probabilities by the engine that drew the tokens; with `importanceCap` only. */
  readonly behaviourLogprobs?: Float32Array | undefined;
  /** Each token's loss is multiplied by min(exp(old − behaviour), importanceCap), without a gradient through it. */
  readonly importanceCap?: number | undefined;
  /** Each token's loss is multiplied by it as well; see {@link importanceWeights}. Default: 1. */
  readonly weights?: Float32Array | Float64Array | undefined;
}

/**
 * PPO's clipped surrogate (Schulman et al. 2017, https://arxiv.org/abs/1707.06347), to be minimised:
 *
 *     ratio = exp(new − old);  token loss = max(−A·ratio, −A·clamp(ratio, 1 − clipLow, 1 + clipHigh))
 *
 * averaged as `aggregation` says. The slopes are those with respect to `newLogprobs` `[B, T]`.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * const { loss, slopes } = policyLoss({
 *   newLogprobs: new Float32Array([Math.log(1.5)]),
 *   oldLogprobs: new Float32Array([0]),
 *   advantages: new Float32Array([1]),
 *   mask: new Uint8Array([1]),
 *   shape: [1, 1],
 * }); // -1.2, [0]: the ratio 1.5 counts as 1.2, and more would gain nothing
 */
export function policyLoss(options: { readonly newLogprobs: Float32Array } & PolicyLossArrays & PolicyClipping & AggregationOptions): Loss {
  const { newLogprobs, oldLogprobs, advantages, behaviourLogprobs, importanceCap, weights, mask } = options;
  checkLengths(mask.length, { oldLogprobs, advantages, behaviourLogprobs, weights });
  if ((behaviourLogprobs === undefined) !== (importanceCap === undefined) || (importanceCap !== undefined && !(importanceCap > 0)))
    throw new PpoLossError(
      "bad-option",
      `importanceCap is ${importanceCap}, behaviourLogprobs ${behaviourLogprobs ? "is given" : "is not"}: pass both, the cap above 0, or neither.`,
    );
  const surrogate = clippedSurrogate(options);
  const truncated =
    behaviourLogprobs && importanceWeights({ ...options, behaviourLogprobs, correction: "token-truncate", cap: importanceCap! });
  return pointwiseLoss("newLogprobs", newLogprobs, options, (logprob, index) => {
    const { value, slope } = surrogate(logprob, oldLogprobs[index]!, advantages[index]!);
    const weight = (truncated?.weights[index] ?? 1) * (weights?.[index] ?? 1);
    return { value: weight * value, slope: weight * slope };
  });
}

/** A token's clipped surrogate, its derivative with respect to the new log-probability, and which bound was active. */
export function clippedSurrogate(clipping: PolicyClipping) {
  const { clipLow = 0.2, clipHigh = clipLow, dualClip = Number.POSITIVE_INFINITY, logRatioClamp = Number.POSITIVE_INFINITY } = clipping;
  if (!(clipLow >= 0 && clipHigh >= 0 && dualClip > 1 && logRatioClamp > 0))
    throw new PpoLossError(
      "bad-option",
      `clipLow ${clipLow}, clipHigh ${clipHigh}, dualClip ${dualClip}, logRatioClamp ${logRatioClamp}: ` +
        "the first two must be at least 0, dualClip above 1, logRatioClamp above 0.",
    );
  return (newLogprob: number, oldLogprob: number, advantage: number) => {
    const logRatio = newLogprob - oldLogprob;
    const ratio = Math.exp(clamp(logRatio, -logRatioClamp, logRatioClamp));
    const unclipped = -advantage * ratio;
    const atBound = -advantage * clamp(ratio, 1 - clipLow, 1 + clipHigh);
    const clipped = atBound > unclipped;
    const ceiling = advantage < 0 ? -advantage * dualClip : Number.POSITIVE_INFINITY;
    const surrogate = clipped ? atBound : unclipped;
    const clippedLower = surrogate > ceiling;
    // d ratio / d new = ratio; every bound that is active is a constant.
    const moves = !clipped && !clippedLower && Math.abs(logRatio) <= logRatioClamp;
    return { value: Math.min(surrogate, ceiling), slope: moves ? unclipped : 0, ratio, logRatio, clipped, clippedLower };
  };
}

/** Like the bounds it is given, NaN stays NaN. */
function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
