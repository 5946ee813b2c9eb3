import { type Denominators, entropyBonus, type ImportanceCorrection, klPenalty, policyLoss, valueLoss } from "@cai/ppo-loss";
import type { Slopes } from "@cai/training";
import type { Experience } from "./experience.ts";
import { logprobSlopes } from "./logprob-slopes.ts";
import type { Hyperparameters } from "./ppo-options.ts";
import { samplingMismatch } from "./sampling-mismatch.ts";

/** What a pass gives PPO: `[B, T]` each; `entropy` only with an entropy bonus, `fullLogprobs` where `logprobs` are over kept tokens. */
export type PpoNumbers = {
  readonly logprobs: Float32Array;
  readonly fullLogprobs?: Float32Array;
  readonly values: Float32Array;
  readonly entropy?: Float32Array;
};

/** The loss of some rows and its parts: means over what `denominators` count. */
export interface PpoLoss {
  /**
   * policy + valueLossCoef · value − entropyCoef · entropy + β · KL (the last only where it is placed in the loss); valueLossCoef · value where
   * the value model is trained alone.
   */
  readonly total: number;
  readonly policy: number;
  readonly value: number;
  /** Mean entropy of the valid tokens, in nats; only with an entropy bonus. */
  readonly entropy: number | undefined;
  readonly slopes: Slopes;
}

/** What weighs the terms of the loss beside the hyperparameters. */
export interface LossWeights {
  /** Tokens and rows of the whole optimizer step, so that the gradients of microbatches add up to the whole's. */
  readonly denominators: Denominators;
  /** β of this step, for a KL penalty that is placed in the loss. */
  readonly klWeight: number;
  /** A cap of 0: no importance weights. */
  readonly importance: { readonly correction: ImportanceCorrection; readonly cap: number };
  /** The value model is trained, and nothing else. Default false. */
  readonly valueOnly?: boolean | undefined;
}

/** PPO's loss on some rows of an experience, from the numbers of a pass over them. */
export function ppoStepLoss(numbers: PpoNumbers, experience: Experience, options: Hyperparameters, weights: LossWeights): PpoLoss {
  const { mask, shape } = experience.responses;
  const { denominators, klWeight, importance } = weights;
  const { logprobs: newLogprobs, values: newValues, entropy } = numbers;
  const aggregation = options.aggregation === "constant" ? { divisor: options.aggregationDivisor } : options.aggregation;
  const means = { mask, shape, denominators };

  const policy = policyLoss({
    ...means,
    newLogprobs,
    oldLogprobs: experience.logprobs,
    advantages: experience.advantages,
    ...clipOptions(options),
    aggregation,
    ...(importance.cap > 0 && { weights: samplingMismatch(experience, experience.logprobs, importance).weights }),
  });
  const value = valueLoss({
    ...means,
    newValues,
    oldValues: experience.values,
    returns: experience.returns,
    ...(options.valueClipRange > 0 && { clip: options.valueClipRange }),
  });
  const bonus = entropy && entropyBonus({ ...means, entropy });
  const { klPlacement, klEstimator: estimator, valueLossCoef, entropyCoef } = options;
  const { refLogprobs } = experience;
  const kl =
    klPlacement === "loss" && estimator !== "full"
      ? klPenalty({ ...means, newLogprobs: numbers.fullLogprobs ?? newLogprobs, refLogprobs, estimator })
      : undefined;

  const terms = { policy: policy.loss, value: value.loss, entropy: bonus?.loss };
  const values = value.slopes.map((slope) => valueLossCoef * slope);
  if (weights.valueOnly) return { ...terms, total: valueLossCoef * value.loss, slopes: { values } };
  return {
    ...terms,
    total: policy.loss + valueLossCoef * value.loss - entropyCoef * (bonus?.loss ?? 0) + klWeight * (kl?.loss ?? 0),
    slopes: {
      ...logprobSlopes(policy.slopes, kl && { weight: klWeight, slopes: kl.slopes }, numbers),
      values,
      ...(bonus && { entropy: bonus.slopes.map((slope) => -entropyCoef * slope) }),
    },
  };
}

/** The options of the clipped surrogate, as its loss and its diagnostics both take them. */
export function clipOptions(options: Pick<Hyperparameters, "clipRange" | "clipRangeHigh" | "dualClip" | "logRatioClamp">) {
  return {
    clipLow: options.clipRange,
    clipHigh: options.clipRangeHigh || options.clipRange,
    ...(options.dualClip > 0 && { dualClip: options.dualClip }),
    ...(options.logRatioClamp > 0 && { logRatioClamp: options.logRatioClamp }),
  };
}
