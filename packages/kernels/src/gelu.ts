import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";

const c = Math.sqrt(2 / Math.PI);

/**
 * GELU in its tanh form (Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415; `gelu_new` in GPT-2), any shape.
 *
 * y = ½x(1 + tanh u) = x·s with s = σ(2u), u = c(x + 0.044715x³), c = √(2/π).
 * dy/dx = s + x·s(1 − s)·2u', u' = c(1 + 3·0.044715x²). Saved for the backward pass: x and s.
 *
 * @example
 * const y = gelu(tf.tensor1d([-1, 0, 1])); // [-0.1588, 0, 0.8412]
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  return differentiable({
    inputs: { x },
    forward: (save) => {
      const twoU = tf.mul(x, tf.add(tf.mul(tf.square(x), 2 * c * 0.044715), 2 * c));
      const s = tf.sigmoid(twoU);
      save([x, s]);
      return tf.mul(x, s);
    },
    gradients: (dy, [savedX, s]) => ({
      x: () => {
        const twoSlope = tf.add(tf.mul(tf.square(savedX!), 6 * c * 0.044715), 2 * c);
        const curve = tf.mul(tf.mul(savedX!, tf.sub(1, s!)), twoSlope);
        return tf.mul(dy, tf.mul(s!, tf.add(curve, 1)));
      },
    }),
  });
}
