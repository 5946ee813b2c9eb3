import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";

/**
 * factor·x, any shape. dx = factor·dy. Nothing is saved for the backward pass.
 *
 * @example
 * const y = scaled(tf.tensor1d([1, -2]), 3); // [3, -6]
 */
export function scaled(x: tf.Tensor, factor: number): tf.Tensor {
  return differentiable({
    inputs: { x },
    forward: () => tf.mul(x, factor),
    gradients: (dy) => ({ x: () => tf.mul(dy, factor) }),
  });
}
