import type * as tf from "@tensorflow/tfjs-core";
import { nativeOps } from "./native-ops.ts";

/** Which of both matrices is stored transposed, and what is added to each row of the product, `[N]`. */
export interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly bias?: tf.Tensor | undefined;
}

/** Fewer multiplications than these are not worth packing for, and a block should be filled. */
const leastProducts = 2 ** 22;
const leastSide = 16;

/**
 * a·b + bias of matrices that are packed first, part by part, so that each core finds what it multiplies next in its caches (Goto, van de
 * Geijn 2008, "Anatomy of High-Performance Matrix Multiplication"). A row's numbers do not depend on the other rows, nor on how many they are, nor on the
 * number of threads. Where native kernels have it, see `matrixProduct`; it multiplies in one of two ways.
 *
 * **By vectors**, with AVX2 or AVX-512: in float32. The inner size is cut into equal parts of at most 320, and these into equal parts of at most
 * 128; the products of such a part are added up in their order, none of them rounded before, and then the parts in theirs.
 *
 * **By tiles**, with Intel's AMX, which multiply bfloat16 numbers and sum in float32, sixteen times as fast as float32 is multiplied. A float32 number
 * has 24 bits and is exactly the sum of three bfloat16 numbers of 8: x = x₀ + x₁ + x₂. Of the nine products of two such sums six are taken,
 *
 *     x·y ≈ x₀y₀ + (x₀y₁ + x₁y₀) + (x₀y₂ + x₁y₁ + x₂y₀),
 *
 * what is left out being below 2⁻²⁴·|x·y|, which is where float32 itself rounds. 32 products at a time are summed before they are added to the
 * rest, so that less is rounded than by a float32 product. Numbers below 10⁻³⁸ count as 0; an infinity makes its row or column NaN (Henry, Tang,
 * Heinecke 2019, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision Computations", arXiv:1904.06376).
 *
 * A test compares the errors of either with float64 and with TensorFlow's product.
 */
export function packedProduct(a: tf.Tensor, b: tf.Tensor, { transposeA = false, transposeB = false, bias }: ProductOptions): tf.Tensor {
  const biases = bias === undefined ? [] : [bias];
  const attributes = { transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB }, N: { int: biases.length } };
  return nativeOps()!.run("CaiMatMul", attributes, [a, b, ...biases]);
}

/** Whether `packedProduct` is there, and the way to multiply these. */
export function isWorthPacking(a: tf.Tensor, b: tf.Tensor, { transposeA = false, transposeB = false }: ProductOptions): boolean {
  const rows = a.shape[transposeA ? 1 : 0]!;
  const columns = b.shape[transposeB ? 0 : 1]!;
  const inner = a.shape[transposeA ? 0 : 1]!;
  const isLarge = rows * columns * inner >= leastProducts && Math.min(rows, columns, inner) >= leastSide;
  return isLarge && nativeOps()?.has("CaiMatMul") === true;
}
