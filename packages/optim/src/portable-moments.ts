import * as tf from "@tensorflow/tfjs-core";
import type { MomentStore } from "./moment-store.ts";

/** Moments as plain tensors: runs on every backend. */
export function portableMoments(): MomentStore {
  const moments = new Map<string, readonly [expAvg: tf.Tensor, expAvgSq: tf.Tensor]>();
  return {
    add(name, shape, initial) {
      const start = (values?: Float32Array) => tf.keep(values === undefined ? tf.fill([...shape], 0) : tf.tensor(values, [...shape]));
      moments.set(name, [start(initial?.expAvg), start(initial?.expAvgSq)]);
    },
    apply(weights, { learningRate, beta1, beta2, epsilon, weightDecay, scale, step }) {
      for (const { parameter, gradient } of weights) {
        const old = moments.get(parameter.name)!;
        tf.tidy(() => {
          const g = scale === 1 ? gradient : tf.mul(gradient, scale);
          const m = tf.keep(tf.add(tf.mul(old[0], beta1), tf.mul(g, 1 - beta1)));
          const v = tf.keep(tf.add(tf.mul(old[1], beta2), tf.mul(tf.square(g), 1 - beta2)));
          const root = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon);
          const decayed = tf.mul(parameter.value, 1 - learningRate * weightDecay);
          parameter.assign(tf.sub(decayed, tf.mul(tf.div(m, root), learningRate / (1 - beta1 ** step))));
          moments.set(parameter.name, [m, v]);
        });
        tf.dispose([...old]);
      }
    },
    async read(name) {
      const [expAvg, expAvgSq] = moments.get(name)!;
      return { expAvg: await expAvg.data<"float32">(), expAvgSq: await expAvgSq.data<"float32">() };
    },
    dispose() {
      for (const pair of moments.values()) tf.dispose([...pair]);
    },
  };
}
