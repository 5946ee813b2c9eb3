import type { Parameter, SequenceBatch } from "@cai/contracts";
import { leftPadded, rightPadded } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import type { CausalPolicy } from "./policy.ts";

/** A GPT-2 that is small enough to nudge every weight of. */
export const smallConfig = {
  model_type: "gpt2",
  vocab_size: 13,
  n_positions: 8,
  n_embd: 6,
  n_layer: 2,
  n_head: 2,
  initializer_range: 0.4,
};

/** Two ragged rows for it, six response tokens in all. */
export const smallBatch: SequenceBatch = {
  prompts: leftPadded([[1, 2, 3], [4]]),
  responses: rightPadded([
    [5, 6],
    [7, 8, 9, 10],
  ]),
};

/** Mean log-probability of the response tokens of `smallBatch`. */
export function meanLogprob(policy: CausalPolicy): tf.Scalar {
  const { responses } = smallBatch;
  const { logprobs } = policy.tokenLogprobs(policy.hiddenStates(smallBatch), responses, { temperature: 0.7 });
  return tf.div(tf.sum(tf.mul(logprobs, tf.tensor2d(Float32Array.from(responses.mask), [2, 4]))), 6);
}

export const lossOf = (policy: CausalPolicy, loss = meanLogprob): number => tf.tidy(() => loss(policy).dataSync()[0]!);

/** Compares the gradient of a loss with finite differences, in the first and the steepest element of every trained parameter. */
export function expectGradientsOfFiniteDifferences(policy: CausalPolicy, { loss = meanLogprob, tolerance = 1e-3 } = {}): void {
  const parameters = [...policy.parameters.values()];
  const { value, grads } = tf.valueAndGrads(() => loss(policy))(parameters.map((parameter) => parameter.value));
  for (const [place, parameter] of parameters.entries()) {
    const gradient = grads[place]!.dataSync<"float32">();
    const steepest = gradient.reduce((most, one, index) => (Math.abs(one) > Math.abs(gradient[most]!) ? index : most), 0);
    for (const index of [steepest, 0]) {
      const step = 5e-3;
      nudge(parameter, index, step);
      const above = lossOf(policy, loss);
      nudge(parameter, index, -2 * step);
      const below = lossOf(policy, loss);
      nudge(parameter, index, step);
      expect(Math.abs((above - below) / (2 * step) - gradient[index]!), `${parameter.name}[${index}]`).toBeLessThan(tolerance);
    }
  }
  tf.dispose([value, ...grads]);
}

function nudge(parameter: Parameter<tf.Tensor>, index: number, by: number): void {
  const values = Float32Array.from(parameter.value.dataSync());
  values[index]! += by;
  parameter.assign(tf.tensor(values, [...parameter.shape]));
}
