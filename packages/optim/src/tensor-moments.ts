import type { Parameter } from "@cai/contracts";
import { ownCopy, webGpuOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { AdamUpdate, MomentStore } from "./moment-store.ts";

/** The running means of a weight's gradient and of its square, as tensors. */
export type Moments = [expAvg: tf.Tensor, expAvgSq: tf.Tensor];

/** Updates one weight, and gives its new moments, or the old ones updated in place. The old ones are not to be disposed of. */
export type WeightUpdate = (parameter: Parameter<tf.Tensor>, gradient: tf.Tensor, moments: Moments, update: AdamUpdate) => Moments;

const zeros = (shape: readonly number[]): tf.Tensor => webGpuOps()?.zeros(shape) ?? ownCopy(tf.fill([...shape], 0));

/** Moments as plain tensors that nobody else holds. */
export function tensorMoments(updateWeight: WeightUpdate): MomentStore {
  const moments = new Map<string, Moments>();
  return {
    add(name, shape, initial) {
      const start = (values?: Float32Array) =>
        tf.tidy(() => tf.keep(values === undefined ? zeros(shape) : ownCopy(tf.tensor(values, [...shape]))));
      moments.set(name, [start(initial?.expAvg), start(initial?.expAvgSq)]);
    },
    apply(weights, update) {
      for (const { parameter, gradient } of weights) {
        const old = moments.get(parameter.name)!;
        const next = updateWeight(parameter, gradient, old, update);
        moments.set(parameter.name, next);
        if (next !== old) tf.dispose(old);
      }
    },
    async read(name) {
      const [expAvg, expAvgSq] = moments.get(name)!;
      return { expAvg: await expAvg.data<"float32">(), expAvgSq: await expAvgSq.data<"float32">() };
    },
    dispose() {
      for (const pair of moments.values()) tf.dispose(pair);
    },
  };
}
