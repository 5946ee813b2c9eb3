import * as tf from "@tensorflow/tfjs-core";
import { sumOfRows } from "./bias.ts";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { nativeOps } from "./native-ops.ts";

/**
 * Layer normalisation over the last axis (Ba et al. 2016, https://arxiv.org/abs/1607.06450).
 *
 * `x` is `[..., H]`, `gain` and `bias` `[H]`. n = (x − mean(x))·r with r = 1/√(var(x) + epsilon), variance biased; y = n·gain + bias.
 * With g = dy·gain: dx = r·(g − mean(g) − n·mean(g·n)), dgain = Σ dy·n, dbias = Σ dy. Saved for the backward pass: x, its mean and r;
 * without the native kernel n and r.
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
  return nativeOps()?.has("CaiLayerNorm") ? nativeLayerNorm(x, gain, bias, epsilon) : portableLayerNorm(x, gain, bias, epsilon);
}

function nativeLayerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return differentiable({
    inputs: { x, gain, bias },
    forward: (save) => {
      const [y, moments] = nativeOps()!.runMany("CaiLayerNorm", { epsilon: { float: epsilon } }, [x, gain, bias], 2);
      save?.([x, moments!, gain]);
      return y!;
    },
    gradients: (dy, [savedX, moments, savedGain]) => ({
      x: () => nativeOps()!.run("CaiLayerNormGradient", {}, [savedX!, moments!, savedGain!, dy]),
      gain: () => nativeOps()!.run("CaiLayerNormGainGradient", {}, [savedX!, moments!, dy]),
      bias: () => sumOfRows(dy),
    }),
  });
}

/** As `layerNorm`, in tfjs's operations. */
export function portableLayerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
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
