import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { sumOfRows } from "./matrix.ts";

/**
 * Layer normalisation over the last axis (Ba et al. 2016, https://arxiv.org/abs/1607.06450).
 *
 * `x` is `[..., H]`, `gain` and `bias` `[H]`. n = (x − mean(x))·r with r = 1/√(var(x) + epsilon), variance biased; y = n·gain + bias.
 * With g = dy·gain: dx = r·(g − mean(g) − n·mean(g·n)), dgain = Σ dy·n, dbias = Σ dy. Saved for the backward pass: n and r.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = layerNorm(tf.tensor2d([[1, 3]]), tf.tensor1d([1, 1]), tf.tensor1d([0, 0]), 1e-5); // about [[-1, 1]]
 */
export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  const size = x.shape.at(-1);
  if (gain.size !== size || bias.size !== size)
    throw new KernelError(
      "shape-mismatch",
      `layerNorm was given x [${x.shape}], gain [${gain.shape}], bias [${bias.shape}]: gain and bias must be [${size}].`,
    );
  return differentiable({
    inputs: { x, gain, bias },
    forward: (save) => {
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
      const normal = tf.mul(centred, scale);
      save?.([normal, scale, gain]);
      return tf.add(tf.mul(normal, gain), bias);
    },
    gradients: (dy, [normal, scale, savedGain]) => ({
      x: () => {
        const g = tf.mul(dy, savedGain!);
        const along = tf.mul(normal!, tf.mean(tf.mul(g, normal!), -1, true));
        return tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), scale!);
      },
      gain: () => sumOfRows(tf.mul(dy, normal!)),
      bias: () => sumOfRows(dy),
    }),
  });
}
