import { createParameter } from "@cai/kernels";
import { AdamW, clipFactor, globalNorm } from "@cai/optim";
import * as tf from "@tensorflow/tfjs-core";
import type { Nested } from "../compare.ts";
import { floats, type Rows, shapeOf } from "../golden-json.ts";
import { numbersOf } from "../gradient.ts";

/** The state after each step, one step after another. */
export async function adamw({
  inputs,
  params: { lr, beta1, beta2, eps, weightDecay },
}: {
  inputs: { params: readonly number[]; grads: Rows };
  params: { lr: number; beta1: number; beta2: number; eps: number; weightDecay: number };
}) {
  const parameter = createParameter({ name: "params", layer: 0, value: tf.tensor1d(floats(inputs.params)) });
  const optimizer = new AdamW({ parameters: [parameter], beta1, beta2, epsilon: eps, weightDecay });
  const states = { params: [] as number[], expAvg: [] as number[], expAvgSq: [] as number[] };
  for (const row of inputs.grads) {
    const gradient = tf.tensor1d(floats(row));
    optimizer.step({ gradients: new Map([["params", gradient]]), learningRate: lr });
    gradient.dispose();
    states.params.push(...(await parameter.value.data()));
    for await (const { expAvg, expAvgSq } of optimizer.moments()) {
      states.expAvg.push(...expAvg);
      states.expAvgSq.push(...expAvgSq);
    }
  }
  optimizer.dispose();
  parameter.value.dispose();
  return states;
}

/** The inputs are gradients by name. */
export async function clipGradNorm({ inputs, params: { maxNorm } }: { inputs: Record<string, Nested>; params: { maxNorm: number } }) {
  const gradients = Object.entries(inputs).map(([name, nested]) => ({ name, tensor: tf.tensor(floats(nested), shapeOf(nested)) }));
  const totalNorm = await globalNorm(gradients.map(({ tensor }) => tensor));
  const scale = clipFactor({ norm: totalNorm, maxNorm });
  const scaled = gradients.map(({ name, tensor }) => [name, numbersOf(() => tf.mul(tensor, scale))] as const);
  tf.dispose(gradients.map(({ tensor }) => tensor));
  return { totalNorm, ...Object.fromEntries(scaled) };
}
