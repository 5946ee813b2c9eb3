import { webGpuOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { wrongBackend } from "./error.ts";
import type { WeightUpdate } from "./tensor-moments.ts";

const threads = 256;

/** The same as `Update` in adamw.cc, in its order. */
const shader = {
  key: "adamw",
  threads,
  body: `
    let i = group * ${threads}u + thread;
    if (i >= given.count) { return; }
    let g = gradient[i] * given.scale;
    let m = expAvg[i] * given.beta1 + g * given.oneLessBeta1;
    let v = expAvgSq[i] * given.beta2 + g * g * given.oneLessBeta2;
    expAvg[i] = m;
    expAvgSq[i] = v;
    weight[i] = weight[i] * given.decay - m / (sqrt(v) / given.root + given.epsilon) * given.rate;`,
};

/**
 * One update by a shader, in one pass over memory. The moments are updated in place, and so is the weight, unless another tensor shares its
 * memory, as the reference model's do before the first update: then it moves to memory of its own.
 */
export const webGpuUpdate: WeightUpdate = (parameter, gradient, moments, update) => {
  const webGpu = webGpuOps();
  if (webGpu === undefined) throw wrongBackend();
  const { learningRate, beta1, beta2, epsilon, weightDecay, scale, step } = update;
  const numbers = {
    decay: 1 - learningRate * weightDecay,
    rate: learningRate / (1 - beta1 ** step),
    beta1,
    oneLessBeta1: 1 - beta1,
    beta2,
    oneLessBeta2: 1 - beta2,
    root: Math.sqrt(1 - beta2 ** step),
    epsilon,
    scale,
  };
  tf.tidy(() => {
    const weight = webGpu.isShared(parameter.value) ? webGpu.copy(parameter.value) : tf.clone(parameter.value);
    const [expAvg, expAvgSq] = moments;
    const given = Object.fromEntries(Object.entries(numbers).map(([name, f32]) => [name, { f32 }]));
    webGpu.runOnEach(shader, { reads: { gradient }, writes: { weight, expAvg, expAvgSq }, numbers: given });
    parameter.assign(weight);
  });
  return moments;
};
