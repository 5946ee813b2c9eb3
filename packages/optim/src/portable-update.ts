import * as tf from "@tensorflow/tfjs-core";
import type { Moments, WeightUpdate } from "./tensor-moments.ts";

/** One update in tfjs's operations: runs on every backend. */
export const portableUpdate: WeightUpdate = (parameter, gradient, old, { learningRate, beta1, beta2, epsilon, weightDecay, scale, step }) =>
  tf.tidy((): Moments => {
    const g = scale === 1 ? gradient : tf.mul(gradient, scale);
    const m = tf.keep(tf.add(tf.mul(old[0], beta1), tf.mul(g, 1 - beta1)));
    const v = tf.keep(tf.add(tf.mul(old[1], beta2), tf.mul(tf.square(g), 1 - beta2)));
    const root = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon);
    const decayed = tf.mul(parameter.value, 1 - learningRate * weightDecay);
    parameter.assign(tf.sub(decayed, tf.mul(tf.div(m, root), learningRate / (1 - beta1 ** step))));
    return [m, v];
  });
