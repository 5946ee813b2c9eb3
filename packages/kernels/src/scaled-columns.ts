import * as tf from "@tensorflow/tfjs-core";
import { sumOfRows, withBias } from "./bias.ts";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { asMatrix } from "./matrix.ts";

/**
 * y = x ⊙ (gain / divisor) + bias over the last axis: what DoRA (Liu et al. 2024, arXiv:2402.09353) does to the result of `loraLinear`, with the
 * trained length of each of the weight's columns for gain and the length that it has for divisor.
 *
 * `x` is `[..., O]`, the others `[O]`. With dy `[N, O]`: dx = dy ⊙ (gain / divisor), dgain = Σ dy ⊙ x over rows / divisor, dbias = Σ dy. The
 * divisor is a constant to them, as in the paper; it is asked for when it is needed, where no tape runs. Saved for the backward pass: x, gain
 * and divisor.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = scaledColumns(tf.tensor2d([[1, 2]]), { gain: tf.tensor1d([6, 1]), divisor: () => tf.tensor1d([2, 4]) }); // [[3, 0.5]]
 */
export function scaledColumns(
  x: tf.Tensor,
  { gain, divisor, bias }: { readonly gain: tf.Tensor; readonly divisor: () => tf.Tensor; readonly bias?: tf.Tensor | undefined },
): tf.Tensor {
  const columns = x.shape.at(-1);
  if (x.rank < 1 || gain.size !== columns || (bias !== undefined && bias.size !== columns))
    throw new KernelError(
      "shape-mismatch",
      `scaledColumns was given x [${x.shape}], gain [${gain.shape}]${bias ? `, bias [${bias.shape}]` : ""}: all want the last axis of x.`,
    );
  const inputs: Record<string, tf.Tensor> = { x, gain, ...(bias && { bias }) };
  return differentiable({
    inputs,
    forward: (save) => {
      const lengths = divisor();
      save?.([x, gain, lengths]);
      const scaled = tf.mul(x, tf.div(gain, lengths));
      return bias === undefined ? scaled : withBias(scaled, bias);
    },
    gradients: (dy, [savedX, savedGain, lengths]) => ({
      x: () => tf.mul(dy, tf.div(savedGain!, lengths!)),
      gain: () => tf.div(sumOfRows(asMatrix(tf.mul(dy, savedX!))), lengths!),
      bias: () => sumOfRows(dy),
    }),
  });
}
