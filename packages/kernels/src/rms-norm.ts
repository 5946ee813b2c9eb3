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
 * A shorter gain `[d]`, H = n·d, normalises each of the n heads of a row by itself. With `gainOffset` the gain is what is given plus this
 * number, as in Gemma, whose gains are stored around 0.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = rmsNorm(tf.tensor2d([[1, 7]]), tf.tensor1d([1, 1]), 1e-5); // about [[0.2, 1.4]]
 */
export function rmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number, { gainOffset = 0 }: GainOptions = {}): tf.Tensor {
  const size = x.shape.at(-1) ?? 0;
  if (gain.rank !== 1 || gain.size === 0 || size === 0 || size % gain.size !== 0)
    throw new KernelError(
      "shape-mismatch",
      `rmsNorm was given x [${x.shape}], gain [${gain.shape}]: the gain must be [${size}], or [d] with ${size} a multiple of d.`,
    );
  const normalise = nativeOps()?.has("CaiRmsNorm") ? nativeRmsNorm : portableRmsNorm;
  return normalise(x, gain, epsilon, { gainOffset });
}

interface GainOptions {
  readonly gainOffset?: number;
}

function nativeRmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number, { gainOffset = 0 }: GainOptions): tf.Tensor {
  return differentiable({
    inputs: { x, gain },
    forward: (save) => {
      const [rows, factors] = [inHeads(x, gain), offsetGain(gain, gainOffset)];
      const [y, scale] = nativeOps()!.runMany("CaiRmsNorm", { epsilon: { float: epsilon } }, [rows, factors], 2);
      save?.([rows, scale!, factors]);
      return shapedAs(y!, x);
    },
    gradients: (dy, [savedX, scale, factors]) => {
      const dRows = shapedAs(dy, savedX!);
      return {
        x: () => shapedAs(nativeOps()!.run("CaiRmsNormGradient", {}, [savedX!, scale!, factors!, dRows]), dy),
        gain: () => nativeOps()!.run("CaiRmsNormGainGradient", {}, [savedX!, scale!, dRows]),
      };
    },
  });
}

/** As `rmsNorm`, in tfjs's operations. */
export function portableRmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number, { gainOffset = 0 }: GainOptions = {}): tf.Tensor {
  return differentiable({
    inputs: { x, gain },
    forward: (save) => {
      const [rows, factors] = [inHeads(x, gain), offsetGain(gain, gainOffset)];
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(rows), -1, true), epsilon));
      save?.([rows, scale, factors]);
      return shapedAs(tf.mul(tf.mul(rows, scale), factors), x);
    },
    gradients: (dy, [savedX, scale, factors]) => {
      const dRows = shapedAs(dy, savedX!);
      return {
        x: () => {
          const g = tf.mul(dRows, factors!);
          const along = tf.mul(tf.square(scale!), tf.mean(tf.mul(g, savedX!), -1, true));
          return shapedAs(tf.mul(tf.sub(g, tf.mul(savedX!, along)), scale!), dy);
        },
        gain: () => sumOfRows(tf.mul(dRows, tf.mul(savedX!, scale!))),
      };
    },
  });
}

/** `[…, n·d]` with a gain `[d]`: rows of d numbers. */
const inHeads = (x: tf.Tensor, gain: tf.Tensor): tf.Tensor => (x.shape.at(-1) === gain.size ? x : tf.reshape(x, [-1, gain.size]));

const shapedAs = (y: tf.Tensor, { shape }: tf.Tensor): tf.Tensor => (tf.util.arraysEqual(y.shape, shape) ? y : tf.reshape(y, shape));

const offsetGain = (gain: tf.Tensor, offset: number): tf.Tensor => (offset === 0 ? gain : tf.add(gain, offset));
