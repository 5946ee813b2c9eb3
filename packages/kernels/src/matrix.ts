import * as tf from "@tensorflow/tfjs-core";
import { withBias } from "./bias.ts";
import { productInParts } from "./bound-in-parts.ts";
import { nativeOps } from "./native-ops.ts";
import { isWorthPacking, type ProductOptions, packedProduct } from "./packed-product.ts";
import { isSkinny, skinnyProduct } from "./skinny-product.ts";
import { transposed } from "./transposed.ts";
import { webGpuOps } from "./webgpu-ops.ts";

/**
 * The product of two matrices, each stored transposed if its flag says so, plus a bias if there is one, by the fastest way of each backend:
 * natively `skinnyProduct` where a has few rows, `packedProduct` where the processor has AVX2; on WebGPU by parts, where one binding can't hold it.
 *
 * tfjs calls TensorFlow's batched product also for plain matrices: `MatMul` takes half its time, unless few rows meet a large transposed
 * b. WASM has its fast product for plain matrices only: transposing them first is ten times faster than its flags.
 */
export function matrixProduct(a: tf.Tensor, b: tf.Tensor, options: ProductOptions = {}): tf.Tensor {
  const { transposeA = false, transposeB = false, bias } = options;
  const webGpu = webGpuOps();
  if (webGpu !== undefined) {
    const product = productInParts(webGpu, a, b, options);
    return bias === undefined ? product : withBias(product, bias);
  }
  if (isSkinny(a.shape[transposeA ? 1 : 0]!, b))
    return skinnyProduct(transposeA ? transposed(a) : a, b, { transposed: transposeB, ...(bias && { bias }) });
  if (isWorthPacking(a, b, options)) return packedProduct(a, b, options);
  const product = generalProduct(a, b, transposeA, transposeB);
  return bias === undefined ? product : withBias(product, bias);
}

function generalProduct(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  const native = nativeOps();
  const rows = a.shape[transposeA ? 1 : 0]!;
  const batchedIsFaster = transposeB && rows < 256 && b.size > 2 ** 20;
  if (native !== undefined && !batchedIsFaster) {
    const attributes = { T: { type: "float32" }, transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } } as const;
    return native.run("MatMul", attributes, [a, b]);
  }
  if (tf.getBackend() === "wasm") return tf.matMul(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b);
  return tf.matMul(a, b, transposeA, transposeB);
}

/** `[..., H]` as `[N, H]`, sharing its numbers; itself if it is that. */
export function asMatrix(x: tf.Tensor): tf.Tensor {
  return x.rank === 2 ? x : tf.reshape(x, [-1, x.shape.at(-1)!]);
}
