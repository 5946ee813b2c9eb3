import { tokenEntropy, tokenLogprobs } from "@cai/kernels";
import { entropyBonus } from "@cai/ppo-loss/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import type { Nested } from "../compare.ts";
import { floats, type Rows, shapeOf } from "../golden-json.ts";
import { numbersOf, valueAndGradient } from "../gradient.ts";

interface Given {
  readonly inputs: { logits: Nested; labels?: Rows };
  readonly params: { temperature: number };
}

export function entropyVectors({ inputs: { logits }, params: { temperature } }: Given) {
  const [rows, columns] = shapeOf(logits) as [number, number];
  const entropyOf = (x: tf.Tensor) => tf.reshape(tokenEntropy(asRows(x), temperature), [rows, columns]);
  const all = { mask: new Uint8Array(rows * columns).fill(1), shape: [rows, columns] } as const;
  const { value: loss, gradient: gradLogits } = valueAndGradient((x) => entropyBonus({ entropy: entropyOf(x), ...all }), logits);
  return { loss, gradLogits, entropy: numbersOf(() => entropyOf(tf.tensor(floats(logits), shapeOf(logits)))) };
}

export function logprobVectors({ inputs: { logits, labels }, params: { temperature } }: Given) {
  const logprobsOf = (x: tf.Tensor) => tokenLogprobs(asRows(x), tf.tensor1d(Int32Array.from((labels ?? []).flat()), "int32"), temperature);
  const { value: loss, gradient: gradLogits } = valueAndGradient((x) => tf.mean(logprobsOf(x)), logits);
  return { loss, gradLogits, logp: numbersOf(() => logprobsOf(tf.tensor(floats(logits), shapeOf(logits)))) };
}

function asRows(logits: tf.Tensor): tf.Tensor {
  return tf.reshape(logits, [-1, logits.shape.at(-1)!]);
}
