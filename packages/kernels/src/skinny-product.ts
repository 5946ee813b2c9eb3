import type * as tf from "@tensorflow/tfjs-core";
import { type LinearFusion, nativeFusion } from "./linear-fusion.ts";
import { nativeOps } from "./native-ops.ts";

/** With more rows than these, time goes into arithmetic, and TensorFlow's own product is as fast. */
export const mostSkinnyRows = 16;

/**
 * Whether `skinnyProduct` is the way to multiply so many rows by b. What a cache holds is not worth it, and small models then give the same bits for any
 * number of rows.
 */
export function isSkinny(rows: number, b: tf.Tensor): boolean {
  return rows <= mostSkinnyRows && b.size >= 2 ** 16 && nativeOps()?.has("CaiSkinnyMatMul") === true;
}

/**
 * a·b + bias for a few rows `a` `[M, K]` and a large `b` `[K, N]` (with `transposed`: `[N, K]`): what a model does for each token that it adds to a
 * few texts. Its time is that of reading b once from memory, which TensorFlow's product, made for many rows, takes three times as long for.
 *
 * `norm`, `activation` and `residual`, as in `fusedLinear`, are fused with it: as operations of their own they would take longer than their arithmetic.
 *
 * A row's numbers do not depend on the other rows, nor on how many they are: sums run over K in an order that K and N alone decide.
 * Native kernels only; see `matrixProduct`.
 */
export function skinnyProduct(
  a: tf.Tensor,
  b: tf.Tensor,
  { transposed, bias, ...fusion }: LinearFusion & { readonly transposed: boolean; readonly bias?: tf.Tensor | undefined },
): tf.Tensor {
  const { attributes, inputs } = nativeFusion(bias, fusion);
  return nativeOps()!.run("CaiSkinnyMatMul", { transposed: { bool: transposed }, ...attributes }, [a, b, ...inputs]);
}
