import * as tf from "@tensorflow/tfjs-core";
import { unfusedLinear } from "./fused-linear.ts";
import { withRowsOf } from "./linear.ts";
import { type LinearFusion, nativeFusion } from "./linear-fusion.ts";
import { asMatrix } from "./matrix.ts";
import { nativeOps } from "./native-ops.ts";

/** A weight matrix W `[K, N]` as integers of 8 bits and a scale for each column: W ≈ integers · scales. */
export interface Int8Weights {
  /**
   * Natively int32 `[⌈N / 16⌉, ⌈K / 64⌉, 16, 16]`: blocks of 16 columns and 64 rows, one below the other and then from left to right. Row i of a
   * block has, for each of its columns, rows 4i … 4i + 3 of W, the bytes of a number from the lowest on; 0 where W has ended. On other backends
   * the integers themselves, float32 `[K, N]`.
   */
  readonly integers: tf.Tensor;
  /** `[N]`. */
  readonly scales: tf.Tensor;
}

/** A low-rank update of a weight matrix, as in `loraLinear`: W + scale·(B·A)ᵀ with A `[R, K]` and B `[N, R]`. */
export interface LowRankUpdate {
  readonly a: tf.Tensor;
  readonly b: tf.Tensor;
  readonly scale: number;
}

interface QuantizeOptions {
  /** The weight is stored `[N, K]`. Default: false. */
  readonly transposed?: boolean;
  /** Added to the weight before it is rounded. */
  readonly update?: LowRankUpdate | undefined;
}

const largestInteger = 127;

/**
 * Rounds a weight matrix `[K, N]` (with `transposed`: `[N, K]`) to integers from −127 to 127, in one pass: scale = max |W| / 127 of each
 * column, so that no weight moves by more than half of it. With `update` it is the sum that is rounded. The caller disposes of both tensors.
 *
 * @example
 * const { scales } = quantizeColumns(tf.tensor2d([[1, -4], [0.5, 2]])); // [1 / 127, 4 / 127]
 */
export function quantizeColumns(weight: tf.Tensor, options: QuantizeOptions = {}): Int8Weights {
  const native = nativeOps();
  if (!native?.has("CaiQuantizeColumns")) return portableQuantizeColumns(weight, options);
  const { transposed = false, update } = options;
  const factors = update === undefined ? [] : [update.a, update.b];
  const attributes = { transposed: { bool: transposed }, scale: { float: update?.scale ?? 0 }, N: { int: factors.length } };
  const [integers, scales] = native.runMany("CaiQuantizeColumns", attributes, [weight, ...factors], 2);
  return { integers: integers!, scales: scales! };
}

/**
 * x·W + b for `x` `[..., K]` and `bias` `[N]` in float32, and what is fused with it, as in `fusedLinear`: `[..., N]`. Natively
 * each integer is read once, a fourth of what float32 would take. A row's numbers do not depend on the other rows; a row in which one is not
 * finite gives none that is. No gradient.
 *
 * Where the processor multiplies tiles of integers, a row of x becomes fixed point, in units of a power of two: no number moves by more than
 * about 2⁻²³ of the row's largest, and sums over integers are exact. So errors are as small as those of float32. On other processors each 64
 * numbers of a row that stand side by side become integers of 16 bits: none moves by more than 2⁻¹⁶ of the largest of them, where rounding
 * moves a weight by 2⁻⁸ of its column's largest. Numbers below 2⁻¹⁰⁰ count as 0 there.
 */
export function int8Linear(x: tf.Tensor, { integers, scales }: Int8Weights, bias?: tf.Tensor, fusion: LinearFusion = {}): tf.Tensor {
  if (integers.dtype !== "int32")
    return unfusedLinear(x, fusion, (input) => {
      const product = tf.mul(tf.matMul(asMatrix(input) as tf.Tensor2D, integers as tf.Tensor2D), scales);
      return withRowsOf(x, bias === undefined ? product : tf.add(product, bias));
    });
  const { residual } = fusion;
  const native = nativeFusion(bias, residual === undefined ? fusion : { ...fusion, residual: asMatrix(residual) });
  const attributes = { tiles: { bool: true }, ...native.attributes };
  return withRowsOf(x, nativeOps()!.run("CaiInt8MatMul", attributes, [asMatrix(x), integers, scales, ...native.inputs]));
}

/** As `quantizeColumns`, in tfjs's operations. */
export function portableQuantizeColumns(weight: tf.Tensor, { transposed = false, update }: QuantizeOptions = {}): Int8Weights {
  return tf.tidy(() => {
    const stored = transposed ? tf.transpose(weight) : weight;
    const columns = update === undefined ? stored : tf.add(stored, lowRank(update));
    const largest = tf.max(tf.abs(columns), 0);
    const inverse = tf.where(tf.greater(largest, 0), tf.div(largestInteger, largest), tf.zerosLike(largest));
    return { integers: tf.round(tf.mul(columns, inverse)), scales: tf.div(largest, largestInteger) };
  });
}

/** `[K, N]`. */
export const lowRank = ({ a, b, scale }: LowRankUpdate): tf.Tensor =>
  tf.mul(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, true, true), scale);
