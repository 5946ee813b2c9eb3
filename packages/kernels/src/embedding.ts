import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { readIds } from "./ids.ts";
import { nativeOps } from "./native-ops.ts";

/**
 * Rows of a table: y = table[ids].
 *
 * `table` is `[V, H]`, `ids` int32 of any shape; the result is `[...ids, H]`. dtable[v] = Σ of the dy whose id is v. Saved for the
 * backward pass: ids.
 *
 * @throws KernelError `bad-dtype`, `id-out-of-range`.
 * @example
 * const y = embedding(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor1d([1, 1], "int32")); // [[3, 4], [3, 4]]
 */
export function embedding(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const [size, width] = table.shape as [number, number];
  readIds("embedding", ids, size);
  return differentiable({
    inputs: { table },
    forward: (save) => {
      save?.([ids]);
      return tf.gather(table, ids as tf.Tensor1D);
    },
    gradients: (dy, [savedIds]) => ({
      table: () =>
        nativeOps() === undefined
          ? scatterRows(dy, savedIds!, size, width)
          : tf.unsortedSegmentSum(tf.reshape(dy, [-1, width]), tf.reshape(savedIds!, [-1]) as tf.Tensor1D, size),
    }),
  });
}

// In JS, because WASM has no UnsortedSegmentSum.
function scatterRows(dy: tf.Tensor, ids: tf.Tensor, size: number, width: number): tf.Tensor {
  const rows = dy.dataSync();
  const sums = new Float32Array(size * width);
  ids.dataSync().forEach((id, row) => {
    for (let column = 0; column < width; column++) sums[id * width + column]! += rows[row * width + column]!;
  });
  return tf.tensor2d(sums, [size, width]);
}
