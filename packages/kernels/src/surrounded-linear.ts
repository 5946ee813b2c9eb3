import type * as tf from "@tensorflow/tfjs-core";
import { add } from "./add.ts";
import { isRecorded } from "./differentiable.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";
import { checkLinear, linear } from "./linear.ts";
import type { LinearSurroundings } from "./linear-surroundings.ts";
import { isSkinny, skinnyProduct } from "./skinny-product.ts";

/**
 * `linear` with what stands before and behind it: y = activation(norm(x)·W + b) + residual. Gradients are those of `layerNorm`, `linear`,
 * `gelu` and `add`; where none can be asked for, few rows take one native operation for all of them.
 *
 * @throws KernelError `shape-mismatch`; TensorFlow's error where what surrounds the one operation does not fit.
 * @example
 * const weight = tf.tensor2d([[1, 0], [0, 1]]);
 * const y = surroundedLinear(tf.tensor2d([[1, 2]]), { weight }, { residual: tf.tensor2d([[10, 20]]) }); // [[11, 22]]
 */
export function surroundedLinear(
  x: tf.Tensor,
  {
    weight,
    bias,
    transposed = false,
  }: { readonly weight: tf.Tensor; readonly bias?: tf.Tensor | undefined; readonly transposed?: boolean },
  surroundings: LinearSurroundings,
): tf.Tensor {
  if (isRecorded() || x.rank !== 2 || !isSkinny(x.shape[0]!, weight))
    return surrounded(x, surroundings, (input) => linear(input, weight, bias, { transposed }));
  checkLinear(x, weight, bias, transposed);
  return skinnyProduct(x, weight, { transposed, bias, ...surroundings });
}

/** {@link surroundedLinear} around any linear layer. */
export function surrounded(
  x: tf.Tensor,
  { norm, activation, residual }: LinearSurroundings,
  layer: (input: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const y = layer(norm === undefined ? x : layerNorm(x, norm.gain, norm.bias, norm.epsilon));
  const activated = activation === "gelu" ? gelu(y) : y;
  return residual === undefined ? activated : add(residual, activated);
}
