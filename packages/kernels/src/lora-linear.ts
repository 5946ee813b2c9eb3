import * as tf from "@tensorflow/tfjs-core";
import { sumOfRows } from "./bias.ts";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { checkLinear, withRowsOf } from "./linear.ts";
import { asMatrix, matrixProduct } from "./matrix.ts";
import { nativeOps } from "./native-ops.ts";
import { mostSkinnyRows } from "./skinny-product.ts";
import { transposed as turned } from "./transposed.ts";

/**
 * A linear layer with a low-rank update beside its weight (LoRA, Hu et al. 2021, arXiv:2106.09685): y = x·W + b + s·((x·Aᵀ)·Bᵀ + c).
 *
 * `x`, `weight`, `bias` and `transposed` are as in `linear`; A is `[R, I]`, B `[O, R]`, c (the update's own bias, if it has one) `[O]`, s a
 * number. With dy `[N, O]` and dr = dy·B `[N, R]`: dA = s·drᵀ·x, dB = s·dyᵀ·(x·Aᵀ), dc = s·Σ dy over rows, dx = dy·Wᵀ + s·dr·A. What has
 * R numbers a row is kept transposed, `[R, N]`: products whose left side has few rows read the other once. Saved for the backward pass: x, W,
 * A, B and A·xᵀ. The result has the same bits whether or not a gradient can be asked for.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const [a, b] = [tf.tensor2d([[1, 1]]), tf.tensor2d([[1], [0]])];
 * const y = loraLinear(tf.tensor2d([[1, 2]]), { weight: tf.tensor2d([[1, 0], [0, 1]]), a, b, scale: 2 }); // [[7, 2]]
 */
export function loraLinear(
  x: tf.Tensor,
  {
    weight,
    bias,
    a,
    b,
    c,
    scale,
    transposed = false,
  }: {
    readonly weight: tf.Tensor;
    readonly bias?: tf.Tensor | undefined;
    readonly a: tf.Tensor;
    readonly b: tf.Tensor;
    readonly c?: tf.Tensor | undefined;
    readonly scale: number;
    readonly transposed?: boolean;
  },
): tf.Tensor {
  checkLinear(x, weight, bias, transposed);
  const outputSize = weight.shape[transposed ? 0 : 1]!;
  const fits = a.rank === 2 && b.rank === 2 && a.shape[1] === x.shape.at(-1) && a.shape[0] === b.shape[1] && b.shape[0] === outputSize;
  if (!fits || (c !== undefined && c.size !== outputSize))
    throw new KernelError(
      "shape-mismatch",
      `loraLinear was given x [${x.shape}], A [${a.shape}], B [${b.shape}]${c === undefined ? "" : `, c [${c.shape}]`} and an output size of ` +
        `${outputSize}: A must be [rank, input size], B [output size, rank]${c === undefined ? "" : ", c [output size]"}.`,
    );
  const inputs: Record<string, tf.Tensor> = { x, weight, a, b, ...(c && { c }), ...(bias && { bias }) };
  return differentiable({
    inputs,
    forward: (save) => {
      const rows = asMatrix(x);
      const added = c && tf.mul(c, scale);
      const whole = matrixProduct(rows, weight, { transposeB: transposed, bias: bias && added ? tf.add(bias, added) : (bias ?? added) });
      const reduced = () => matrixProduct(a, rows, { transposeB: true });
      const native = nativeOps();
      if (rows.shape[0]! <= mostSkinnyRows && native?.has("CaiAddLowRankOfRows")) {
        native.runMany("CaiAddLowRankOfRows", lowRankAttributes(scale, true), [whole, rows, a, b], 0);
        save?.([x, weight, a, b, reduced()]);
        return withRowsOf(x, whole);
      }
      const factor = reduced();
      save?.([x, weight, a, b, factor]);
      return withRowsOf(x, withLowRank(whole, factor, b, { scale, transposed: true }));
    },
    gradients: (dy, [savedX, savedWeight, savedA, savedB, reduced]) => {
      const dRows = asMatrix(dy);
      const dReduced = matrixProduct(savedB!, dRows, { transposeA: true, transposeB: true });
      return {
        x: () => {
          const throughWeight = matrixProduct(dRows, savedWeight!, { transposeB: !transposed });
          return withRowsOf(x, withLowRank(throughWeight, dReduced, savedA!, { scale, transposed: false }));
        },
        weight: () => {
          const [left, right] = transposed ? [dRows, asMatrix(savedX!)] : [asMatrix(savedX!), dRows];
          return matrixProduct(left, right, { transposeA: true });
        },
        a: () => tf.mul(matrixProduct(dReduced, asMatrix(savedX!)), scale),
        b: () => turned(tf.mul(matrixProduct(reduced!, dRows), scale)),
        c: () => tf.mul(sumOfRows(dy), scale),
        bias: () => sumOfRows(dy),
      };
    },
  });
}

/**
 * sum + scale·leftᵀ·right, for left `[R, N]` and right `[R, M]` (`transposed`: `[M, R]`). Natively it is written into `sum`, which must be a
 * tensor that the caller has just made and shares with nobody; go on with the result alone.
 */
export function withLowRank(
  sum: tf.Tensor,
  left: tf.Tensor,
  right: tf.Tensor,
  { scale, transposed }: { readonly scale: number; readonly transposed: boolean },
): tf.Tensor {
  const native = nativeOps();
  if (!native?.has("CaiAddLowRank"))
    return tf.add(sum, tf.mul(matrixProduct(left, right, { transposeA: true, transposeB: transposed }), scale));
  native.runMany("CaiAddLowRank", lowRankAttributes(scale, transposed), [sum, left, right], 0);
  return sum;
}

const lowRankAttributes = (scale: number, transposed: boolean) => ({ scale: { float: scale }, transposed: { bool: transposed } });
