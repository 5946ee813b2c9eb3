import type * as tf from "@tensorflow/tfjs-core";
import { nativeOps } from "./native-ops.ts";

/** With more rows than these, time goes into arithmetic, and TensorFlow's own product is as fast. */
export const mostSkinnyRows = 16;

/**
 * a·b + bias for a few rows `a` `[M, K]` and a large `b` `[K, N]` (with `transposed`: `[N, K]`): what a model does for each token that it adds to a
 * few texts. Its time is that of reading b once from memory, which TensorFlow's product, made for many rows, takes three times as long for.
 *
 * A row's numbers do not depend on the other rows, nor on how many they are: sums run over K in an order that K and N alone decide.
 * Native kernels only; see `matrixProduct`.
 */
export function skinnyProduct(a: tf.Tensor, b: tf.Tensor, { transposed, bias }: { transposed: boolean; bias?: tf.Tensor }): tf.Tensor {
  const biases = bias === undefined ? [] : [bias];
  return nativeOps()!.run("CaiSkinnyMatMul", { transposed: { bool: transposed }, N: { int: biases.length } }, [a, b, ...biases]);
}
