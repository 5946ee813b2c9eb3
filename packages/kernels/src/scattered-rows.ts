import * as tf from "@tensorflow/tfjs-core";
import { gatheredInParts } from "./bound-in-parts.ts";
import { asMatrix } from "./matrix.ts";
import { nativeOps } from "./native-ops.ts";
import { type WebGpuOps, webGpuOps } from "./webgpu-ops.ts";

/** A table `[size, H]` with row i of `rows` added to its row ids[i], 0 elsewhere. Always in the same order. */
export function scatteredRows(rows: tf.Tensor, ids: tf.Tensor, size: number): tf.Tensor {
  const matrix = asMatrix(rows);
  if (nativeOps() !== undefined) return tf.unsortedSegmentSum(matrix, tf.reshape(ids, [-1]) as tf.Tensor1D, size);
  const webGpu = webGpuOps();
  return webGpu === undefined ? scatterInJs(matrix, ids, size) : gatherSums(webGpu, matrix, ids, size);
}

// In JS, because WASM has no UnsortedSegmentSum.
function scatterInJs(rows: tf.Tensor, ids: tf.Tensor, size: number): tf.Tensor {
  const width = rows.shape[1]!;
  const values = rows.dataSync();
  const sums = new Float32Array(size * width);
  ids.dataSync().forEach((id, row) => {
    for (let column = 0; column < width; column++) sums[id * width + column]! += values[row * width + column]!;
  });
  return tf.tensor2d(sums, [size, width]);
}

/**
 * WebGPU's UnsortedSegmentSum adds with atomics, in whatever order threads come: the last bit would differ from run to run. Here the rows of each
 * id are summed by a product, and every row of the table fetches its sum.
 */
function gatherSums(webGpu: WebGpuOps, rows: tf.Tensor, ids: tf.Tensor, size: number): tf.Tensor {
  const values = ids.dataSync<"int32">();
  const places = new Map([...new Set(values)].map((id, place) => [id, place + 1]));
  const choice = new Float32Array((places.size + 1) * values.length); // its first row is that of no id
  values.forEach((id, row) => {
    choice[places.get(id)! * values.length + row] = 1;
  });
  const placeOf = Int32Array.from({ length: size }, (_, id) => places.get(id) ?? 0);
  return tf.tidy(() => {
    const sums = tf.matMul(tf.tensor2d(choice, [places.size + 1, values.length]), rows as tf.Tensor2D);
    return gatheredInParts(webGpu, sums, placeOf);
  });
}
