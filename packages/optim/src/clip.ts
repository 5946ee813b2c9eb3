import { nativeOps, webGpuOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { checkNumbers } from "./check-number.ts";

/**
 * The Euclidean norm over all gradients taken together; not finite if any of their numbers is not.
 *
 * @example
 * const norm = await globalNorm([tf.tensor1d([3]), tf.tensor2d([[4]])]); // 5
 */
export async function globalNorm(gradients: Iterable<tf.Tensor>): Promise<number> {
  const squares = tf.tidy(() => sumsOfSquares([...gradients]));
  try {
    return Math.sqrt((await squares.data<"float32">()).reduce((sum, square) => sum + square, 0));
  } finally {
    squares.dispose();
  }
}

function sumsOfSquares(tensors: readonly tf.Tensor[]): tf.Tensor {
  if (tensors.length === 0) return tf.zeros([1]);
  const native = nativeOps();
  if (native === undefined) return tf.stack(tensors.map(portableSumOfSquares));
  if (native.has("CaiSumsOfSquares")) return native.run("CaiSumsOfSquares", { N: { int: tensors.length } }, tensors);
  return tf.stack(tensors.map((tensor) => tf.mul(native.run("L2Loss", { T: { type: "float32" } }, [tensor]), 2)));
}

/** First along rows: one float32 sum over millions of numbers loses digits on WASM. */
function portableSumOfSquares(tensor: tf.Tensor): tf.Tensor {
  const parts = tensor.rank === 2 ? (webGpuOps()?.rowParts(tensor) ?? []) : [];
  if (parts.length > 1) return tf.sum(tf.stack(parts.map(({ rows }) => portableSumOfSquares(rows))));
  const squares = tf.square(tensor);
  return tf.sum(tensor.rank < 2 ? squares : tf.sum(squares, -1));
}

/**
 * What gradients of that norm are multiplied by, so that their norm is at most `maxNorm`: min(1, maxNorm / (norm + 1e-6)), as in
 * `torch.nn.utils.clip_grad_norm_`.
 *
 * @throws OptimError `bad-option` for a norm or limit that is negative or not finite: such gradients must not be used.
 * @example
 * clipFactor({ norm: 4, maxNorm: 1 }); // 0.25, almost
 */
export function clipFactor({ norm, maxNorm }: { readonly norm: number; readonly maxNorm: number }): number {
  checkNumbers({ norm, maxNorm });
  return Math.min(1, maxNorm / (norm + 1e-6));
}
