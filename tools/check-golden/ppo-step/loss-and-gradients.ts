import type { SequenceBatch } from "@cai/contracts";
import { entropyBonus, policyLoss, valueLoss } from "@cai/ppo-loss/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { allParameters, type Models } from "./models.ts";

/** A batch and what PPO's loss on it needs; arrays are `[B, T]` over response tokens. */
export interface Experience extends SequenceBatch {
  readonly oldLogprobs: Float32Array;
  readonly oldValues: Float32Array;
  readonly advantages: Float32Array;
  readonly returns: Float32Array;
}

export interface LossOptions {
  readonly clip: number;
  readonly valueClip: number;
  readonly valueCoef: number;
  readonly temperature: number;
}

export interface LossAndGradients {
  readonly totalLoss: number;
  readonly policyLoss: number;
  readonly valueLoss: number;
  /** Mean over valid tokens. */
  readonly entropy: number;
  readonly logprobs: Float32Array;
  readonly values: Float32Array;
  /** By parameter name; the caller disposes. */
  readonly gradients: Map<string, tf.Tensor>;
}

/** PPO's loss, policy + valueCoef · value, with its gradients: one forward and backward pass over the whole batch. */
export async function lossAndGradients(models: Models, experience: Experience, options: LossOptions): Promise<LossAndGradients> {
  const { policy, valueModel } = models;
  const { oldLogprobs, oldValues, advantages, returns, responses } = experience;
  const tokens = { mask: responses.mask, shape: responses.shape };
  const parameters = allParameters(models);
  let parts: Record<"policyLoss" | "valueLoss" | "entropy" | "logprobs" | "values", tf.Tensor> | undefined;
  const { value: total, grads } = tf.valueAndGrads(() => {
    const hidden = policy.hiddenStates(experience);
    const { logprobs, entropy } = policy.tokenLogprobs(hidden, responses, { temperature: options.temperature, entropy: true });
    const values = valueModel.values(experience, hidden);
    const ofPolicy = policyLoss({ newLogprobs: logprobs, oldLogprobs, advantages, clipLow: options.clip, ...tokens });
    const ofValues = valueLoss({ newValues: values, oldValues, returns, clip: options.valueClip, ...tokens });
    parts = { policyLoss: ofPolicy, valueLoss: ofValues, entropy: entropyBonus({ entropy: entropy!, ...tokens }), logprobs, values };
    for (const part of Object.values(parts)) tf.keep(part);
    return tf.add(ofPolicy, tf.mul(ofValues, options.valueCoef)) as tf.Scalar;
  })(parameters.map(({ value }) => value));
  const scalar = async (tensor: tf.Tensor) => (await tensor.data())[0]!;
  const result = {
    totalLoss: await scalar(total),
    policyLoss: await scalar(parts!.policyLoss),
    valueLoss: await scalar(parts!.valueLoss),
    entropy: await scalar(parts!.entropy),
    logprobs: await parts!.logprobs.data<"float32">(),
    values: await parts!.values.data<"float32">(),
    gradients: new Map(parameters.map(({ name }, index) => [name, grads[index]!])),
  };
  tf.dispose([total, ...Object.values(parts!)]);
  return result;
}
