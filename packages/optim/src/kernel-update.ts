import { nativeOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { wrongBackend } from "./error.ts";
import type { WeightUpdate } from "./tensor-moments.ts";

/**
 * One update by our own kernel, in one pass over memory. The moments are updated in place, and so is the weight, unless another
 * tensor shares its memory, as the reference model's do before the first update: then it moves to memory of its own.
 */
export const kernelUpdate: WeightUpdate = (parameter, gradient, moments, update) => {
  const native = nativeOps();
  if (!native?.has("CaiAdamW")) throw wrongBackend();
  const { learningRate, beta1, beta2, epsilon, weightDecay, scale, step } = update;
  const rate = learningRate / (1 - beta1 ** step);
  const inverseRoot = 1 / Math.sqrt(1 - beta2 ** step);
  // In the order of `Update` in the kernel.
  const numbers = [1 - learningRate * weightDecay, rate, beta1, 1 - beta1, beta2, 1 - beta2, inverseRoot, epsilon, scale];
  tf.tidy(() => {
    const ticket = native.run("CaiDonate", {}, [parameter.value]);
    const inputs = [ticket, ...moments, gradient, tf.tensor1d(numbers)];
    parameter.replace(() => native.run("CaiAdamW", {}, inputs));
  });
  return moments;
};
