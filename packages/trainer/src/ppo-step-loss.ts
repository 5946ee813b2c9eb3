import type { SequenceBatch, TrainablePolicy } from "@cai/contracts";
import { type Denominators, entropyBonus, klPenalty, policyLoss, valueLoss } from "@cai/ppo-loss";
import type { ValueModel } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";
import type { Experience } from "./experience.ts";
import type { Hyperparameters } from "./hyperparameters.ts";

/** The loss of some rows and its parts; scalars, but for the two `[B, T]` tensors that the diagnostics read. */
export type PpoLoss = {
  /** policy + valueLossCoef · value − entropyCoef · entropy + β · KL (the last only where it is placed in the loss). */
  readonly total: tf.Scalar;
  readonly policy: tf.Scalar;
  readonly value: tf.Scalar;
  readonly logprobs: tf.Tensor2D;
  readonly values: tf.Tensor2D;
  /** Mean entropy of the valid tokens, in nats; only with an entropy bonus. */
  readonly entropy?: tf.Scalar;
};

/** What the policy and its value model give for some rows: tensors `[B, T]`, unspecified at padding. */
export type ForwardPass = {
  readonly logprobs: tf.Tensor2D;
  readonly values: tf.Tensor2D;
  /** Only where it is asked for. */
  readonly entropy?: tf.Tensor2D;
};

export interface Models {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly valueModel: ValueModel;
}

/** One differentiable pass over the trunk: log-probabilities at the sampling temperature, and values. The caller disposes. */
export function forwardPass(
  models: Models,
  batch: SequenceBatch,
  options: Pick<Hyperparameters, "temperature" | "entropyCoef">,
): ForwardPass {
  const hidden = models.policy.hiddenStates(batch);
  const { temperature, entropyCoef } = options;
  const read = models.policy.tokenLogprobs(hidden, batch.responses, { temperature, entropy: entropyCoef > 0 });
  return { ...(read as ForwardPass), values: models.valueModel.values(batch, hidden) as tf.Tensor2D };
}

/** What weighs the terms of the loss beside the hyperparameters. */
export interface LossWeights {
  /** Tokens and rows of the whole optimizer step, so that the gradients of microbatches add up to the whole's. */
  readonly denominators: Denominators;
  /** β of this step, for a KL penalty that is placed in the loss. */
  readonly klWeight: number;
  /** 0: no importance weights. */
  readonly importanceCap: number;
}

/**
 * PPO's loss on some rows of an experience: one differentiable forward pass of policy and value model.
 *
 * @returns tensors that the caller disposes of (inside a tidy or gradient function: nobody has to).
 */
export function ppoStepLoss(models: Models, experience: Experience, options: Hyperparameters & LossWeights): PpoLoss {
  return lossOfPass(forwardPass(models, experience, options), experience, options);
}

/** As `ppoStepLoss`, of a forward pass that was made already. */
export function lossOfPass(pass: ForwardPass, experience: Experience, options: Hyperparameters & LossWeights): PpoLoss {
  const { denominators } = options;
  const { mask, shape } = experience.responses;
  const { logprobs: newLogprobs, values: newValues, entropy } = pass;
  const aggregation = options.aggregation === "constant" ? { divisor: options.aggregationDivisor } : options.aggregation;

  const policy = policyLoss({
    newLogprobs,
    oldLogprobs: experience.logprobs,
    advantages: experience.advantages,
    mask,
    shape,
    denominators,
    ...clipOptions(options),
    aggregation,
    ...(options.importanceCap > 0 && { behaviourLogprobs: experience.behaviourLogprobs, importanceCap: options.importanceCap }),
  });
  const value = valueLoss({
    newValues,
    oldValues: experience.values,
    returns: experience.returns,
    mask,
    shape,
    denominators,
    ...(options.valueClipRange > 0 && { clip: options.valueClipRange }),
  });
  let total = tf.add(policy, tf.mul(value, options.valueLossCoef)) as tf.Scalar;
  let meanEntropy: tf.Scalar | undefined;
  if (entropy !== undefined) {
    meanEntropy = entropyBonus({ entropy, mask, shape, denominators });
    total = tf.sub(total, tf.mul(meanEntropy, options.entropyCoef));
  }
  if (options.klPlacement === "loss") {
    const kl = klPenalty({ newLogprobs, refLogprobs: experience.refLogprobs, mask, shape, denominators, estimator: options.klEstimator });
    total = tf.add(total, tf.mul(kl, options.klWeight));
  }
  return {
    total,
    policy,
    value,
    logprobs: newLogprobs,
    values: newValues,
    ...(meanEntropy !== undefined && { entropy: meanEntropy }),
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
