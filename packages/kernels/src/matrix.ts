import * as tf from "@tensorflow/tfjs-core";
import { nativeOps } from "./native-ops.ts";

/**
 * The product of two matrices, each transposed if its flag says so, by the fastest way of each backend.
 *
 * tfjs calls TensorFlow's batched product also for plain matrices: `MatMul` takes half its time, unless b is transposed. WASM has its
 * fast product for plain matrices only: transposing them first is ten times faster than its flags.
 */
export function matrixProduct(
  a: tf.Tensor,
  b: tf.Tensor,
  { transposeA = false, transposeB = false }: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
): tf.Tensor {
  const native = nativeOps();
  if (native !== undefined && !transposeB) {
    const attributes = { T: { type: "float32" }, transpose_a: { bool: transposeA }, transpose_b: { bool: false } } as const;
    return native.run("MatMul", attributes, [a, b]);
  }
  if (tf.getBackend() === "wasm") return tf.matMul(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b);
  return tf.matMul(a, b, transposeA, transposeB);
}

/** Σ over all rows: `[..., H]` to `[H]`. */
export function sumOfRows(x: tf.Tensor): tf.Tensor {
  const rows = asMatrix(x);
  // Twice as fast as TensorFlow's general sum.
  return nativeOps()?.run("BiasAddGrad", { T: { type: "float32" }, data_format: { string: "NHWC" } }, [rows]) ?? tf.sum(rows, 0);
}

/** `[..., H]` as `[N, H]`, sharing its numbers. */
export function asMatrix(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, [-1, x.shape.at(-1)!]);
}
