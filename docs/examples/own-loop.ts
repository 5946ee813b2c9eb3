// PPO without a trainer and without a language model of ours: the model is 20 lines of TensorFlow.js, the arithmetic comes from small packages.
// The task is to count: a token is right where it is one more than the token before it.
import "@tensorflow/tfjs";
import { computeGae, maskedMean, whiten } from "@cai/gae";
import { createParameter } from "@cai/kernels";
import { AdamW } from "@cai/optim";
import { policyLoss, valueLoss } from "@cai/ppo-loss/tfjs";
import { normals, uniforms } from "@cai/random";
import { drawTokens } from "@cai/sampling";
import { ValueHead } from "@cai/value-head";
import * as tf from "@tensorflow/tfjs-core";

const [vocab, width, B, T] = [8, 16, 32, 6];
const [shape, mask] = [[B, T] as const, new Uint8Array(B * T).fill(1)]; // no response ends early here

// The model: a token's embedding is its hidden state, from which logits are read.
const weightOf = (name: string, size: readonly [number, number]) => {
  const numbers = normals({ seed: 7, stream: name, counters: [], count: size[0] * size[1] });
  return createParameter({ name, layer: 0, value: tf.mul(tf.tensor2d(Float32Array.from(numbers), [...size]), 0.3) });
};
const [embedding, output] = [weightOf("embedding", [vocab, width]), weightOf("output", [width, vocab])];
const head = ValueHead.create({ hiddenSize: width });
const parameters = [embedding, output, ...head.parameters.values()];
const optimizer = new AdamW({ parameters });
const hiddenOf = (ids: Int32Array) => tf.gather(embedding.value, tf.tensor1d(ids, "int32"));
const logitsOf = (hidden: tf.Tensor) => tf.matMul(hidden as tf.Tensor2D, output.value as tf.Tensor2D);
const logprobsOf = (hidden: tf.Tensor, ids: Int32Array) =>
  tf.sum(tf.mul(tf.logSoftmax(logitsOf(hidden)), tf.oneHot(tf.tensor1d(ids, "int32"), vocab)), -1);

for (let step = 0; step <= 30; step++) {
  // Roll out: `before` holds the token that each one was drawn behind.
  const [before, ids] = [new Int32Array(B * T), new Int32Array(B * T)];
  for (let t = 0; t < T; t++) {
    const last = Int32Array.from({ length: B }, (_, row) => (t === 0 ? row % vocab : ids[row * T + t - 1]!));
    const logits = tf.tidy(() => logitsOf(hiddenOf(last)).dataSync<"float32">());
    const drawn = drawTokens({ logits, shape: [B, vocab], uniforms: uniforms({ seed: 7, stream: "draw", counters: [step, t], count: B }) });
    for (let row = 0; row < B; row++) [before[row * T + t], ids[row * T + t]] = [last[row]!, drawn.ids[row]!];
  }
  const rewards = Float32Array.from(ids, (id, i) => (id === (before[i]! + 1) % vocab ? 1 : 0));

  // What the policy says before its update, advantages, returns.
  const oldLogprobs = tf.tidy(() => logprobsOf(hiddenOf(before), ids).dataSync<"float32">());
  const oldValues = tf.tidy(() => head.values(hiddenOf(before)).dataSync<"float32">());
  const raw = computeGae({ rewards, values: oldValues, mask, shape, gamma: 0.9, lambda: 0.95 });
  const given = { oldLogprobs, advantages: whiten({ x: raw.advantages, mask }), mask, shape };

  for (let epoch = 0; epoch < 4; epoch++) {
    const loss = () => {
      const hidden = hiddenOf(before);
      const newLogprobs = tf.reshape(logprobsOf(hidden, ids), [B, T]);
      const newValues = tf.reshape(head.values(hidden), [B, T]);
      const value = valueLoss({ newValues, oldValues, returns: raw.returns, mask, shape, clip: 0.2 });
      return tf.add(policyLoss({ ...given, newLogprobs }), tf.mul(value, 0.5)) as tf.Scalar;
    };
    const gradients = tf.grads(loss)(parameters.map((parameter) => parameter.value));
    optimizer.step({ gradients: new Map(parameters.map(({ name }, i) => [name, gradients[i]!])), learningRate: 0.01 });
    tf.dispose(gradients);
  }
  if (step % 10 === 0) console.log(`step ${step}: ${maskedMean({ x: rewards, mask }).toFixed(2)} of the tokens right`);
}
