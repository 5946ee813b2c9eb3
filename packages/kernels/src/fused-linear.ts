import type * as tf from "@tensorflow/tfjs-core";
import { add } from "./add.ts";
import { isRecorded } from "./differentiable.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";
import { checkLinear, linear } from "./linear.ts";
import type { LinearFusion } from "./linear-fusion.ts";
import { isSkinny, skinnyProduct } from "./skinny-product.ts";

/**
 * `linear` with a norm before it, and an activation and a residual after it: y = activation(norm(x)·W + b) + residual. Gradients are those of `layerNorm`, `linear`,
 * `gelu` and `add`; where none can be asked for, few rows take one native operation for all of them.
 *
 * @throws KernelError `shape-mismatch`; TensorFlow's error where the norm or the residual does not fit.
 * @example
 * const weight = tf.tensor2d([[1, 0], [0, 1]]);
 * const y = fusedLinear(tf.tensor2d([[1, 2]]), { weight }, { residual: tf.tensor2d([[10, 20]]) }); // [[11, 22]]
 */
export function fusedLinear(
  x: tf.Tensor,
  {
    weight,
    bias,
    transposed = false,
  }: { readonly weight: tf.Tensor; readonly bias?: tf.Tensor | undefined; readonly transposed?: boolean },
  fusion: LinearFusion,
): tf.Tensor {
  if (isRecorded() || x.rank !== 2 || !isSkinny(x.shape[0]!, weight))
    return unfusedLinear(x, fusion, (input) => linear(input, weight, bias, { transposed }));
  checkLinear(x, weight, bias, transposed);
  return skinnyProduct(x, weight, { transposed, bias, ...fusion });
}

/** As {@link fusedLinear} around any linear layer, each part an operation of its own. */
export function unfusedLinear(
  x: tf.Tensor,
  { norm, activation, residual }: LinearFusion,
  layer: (input: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const y = layer(norm === undefined ? x : layerNorm(x, norm.gain, norm.bias, norm.epsilon));
  const activated = activation === "gelu" ? gelu(y) : y;
  return residual === undefined ? activated : add(residual, activated);
}
