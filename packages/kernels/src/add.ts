import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { sumOf } from "./sum.ts";

/**
 * a + b, both of one shape: the sum of a residual branch. da = db = dy. Nothing is saved for the backward pass.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = add(tf.tensor1d([1, 2]), tf.tensor1d([10, 20])); // [11, 22]
 */
export function add(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (!tf.util.arraysEqual(a.shape, b.shape))
    throw new KernelError("shape-mismatch", `add was given [${a.shape}] and [${b.shape}]: pass two of one shape.`);
  return differentiable({
    inputs: { a, b },
    forward: () => sumOf(a, b),
    gradients: (dy) => ({ a: () => tf.clone(dy), b: () => tf.clone(dy) }),
  });
}
