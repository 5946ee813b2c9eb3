import * as tf from "@tensorflow/tfjs-core";
import { withRowsOf } from "./linear.ts";
import { asMatrix } from "./matrix.ts";
import { nativeOps } from "./native-ops.ts";

/** A weight matrix W `[K, N]` as integers of 8 bits and a scale for each column: W ≈ integers · scales. */
export interface Int8Weights {
  /**
   * Natively int32 `[⌈K / 4⌉, N]`: the bytes of a number, the lowest first, are four of K, 0 beyond the last. On other backends the integers
   * themselves, float32 `[K, N]`.
   */
  readonly integers: tf.Tensor;
  /** `[N]`. */
  readonly scales: tf.Tensor;
}

const largestInteger = 127;

/**
 * Rounds a weight matrix `[K, N]` (with `transposed`: `[N, K]`) to integers from −127 to 127, in one pass: scale = max |W| / 127 of each
 * column, so that no weight moves by more than half of it. The caller disposes of both tensors.
 *
 * @example
 * const { scales } = quantizeColumns(tf.tensor2d([[1, -4], [0.5, 2]])); // [1 / 127, 4 / 127]
 */
export function quantizeColumns(weight: tf.Tensor, { transposed = false }: { readonly transposed?: boolean } = {}): Int8Weights {
  const native = nativeOps();
  if (!native?.has("CaiQuantizeColumns")) return portableQuantizeColumns(weight, transposed);
  const [integers, scales] = native.runMany("CaiQuantizeColumns", { transposed: { bool: transposed } }, [weight], 2);
  return { integers: integers!, scales: scales! };
}

/**
 * x·W + b for `x` `[..., K]` and `bias` `[N]` in float32: `[..., N]`. Natively each integer is read once, a fourth of what float32 would
 * take. No gradient.
 */
export function int8Linear(x: tf.Tensor, { integers, scales }: Int8Weights, bias?: tf.Tensor): tf.Tensor {
  const rows = asMatrix(x);
  if (integers.dtype === "int32") {
    const biases = bias === undefined ? [] : [bias];
    return withRowsOf(x, nativeOps()!.run("CaiInt8MatMul", { N: { int: biases.length } }, [rows, integers, scales, ...biases]));
  }
  const product = tf.mul(tf.matMul(rows as tf.Tensor2D, integers as tf.Tensor2D), scales);
  return withRowsOf(x, bias === undefined ? product : tf.add(product, bias));
}

/** As `quantizeColumns`, in tfjs's operations. */
export function portableQuantizeColumns(weight: tf.Tensor, transposed: boolean): Int8Weights {
  return tf.tidy(() => {
    const columns = transposed ? tf.transpose(weight) : weight;
    const largest = tf.max(tf.abs(columns), 0);
    const inverse = tf.where(tf.greater(largest, 0), tf.div(largestInteger, largest), tf.zerosLike(largest));
    return { integers: tf.round(tf.mul(columns, inverse)), scales: tf.div(largest, largestInteger) };
  });
}
