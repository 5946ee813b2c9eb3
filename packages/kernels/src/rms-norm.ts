import * as tf from "@tensorflow/tfjs-core";
import { sumOfRows } from "./bias.ts";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { nativeOps } from "./native-ops.ts";

/**
 * Root-mean-square normalisation over the last axis (Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467).
 *
 * `x` is `[..., H]`, `gain` `[H]`. r = 1/√(mean(x²) + epsilon); y = x·r·gain.
 * With g = dy·gain: dx = r·(g − x·r²·mean(g·x)), dgain = Σ dy·x·r. Saved for the backward pass: x and r.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = rmsNorm(tf.tensor2d([[1, 7]]), tf.tensor1d([1, 1]), 1e-5); // about [[0.2, 1.4]]
 */
export function rmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  const size = x.shape.at(-1);
  if (gain.size !== size)
    throw new KernelError("shape-mismatch", `rmsNorm was given x [${x.shape}], gain [${gain.shape}]: gain must be [${size}].`);
  return nativeOps()?.has("CaiRmsNorm") ? nativeRmsNorm(x, gain, epsilon) : portableRmsNorm(x, gain, epsilon);
}

function nativeRmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  return differentiable({
    inputs: { x, gain },
    forward: (save) => {
      const [y, scale] = nativeOps()!.runMany("CaiRmsNorm", { epsilon: { float: epsilon } }, [x, gain], 2);
      save?.([x, scale!, gain]);
      return y!;
    },
    gradients: (dy, [savedX, scale, savedGain]) => ({
      x: () => nativeOps()!.run("CaiRmsNormGradient", {}, [savedX!, scale!, savedGain!, dy]),
      gain: () => nativeOps()!.run("CaiRmsNormGainGradient", {}, [savedX!, scale!, dy]),
    }),
  });
}

/** As `rmsNorm`, in tfjs's operations. */
export function portableRmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  return differentiable({
    inputs: { x, gain },
    forward: (save) => {
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
      save?.([x, scale, gain]);
      return tf.mul(tf.mul(x, scale), gain);
    },
    gradients: (dy, [savedX, scale, savedGain]) => ({
      x: () => {
        const g = tf.mul(dy, savedGain!);
        const along = tf.mul(tf.square(scale!), tf.mean(tf.mul(g, savedX!), -1, true));
        return tf.mul(tf.sub(g, tf.mul(savedX!, along)), scale!);
      },
      gain: () => sumOfRows(tf.mul(dy, tf.mul(savedX!, scale!))),
    }),
  });
}
