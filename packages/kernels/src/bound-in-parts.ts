import * as tf from "@tensorflow/tfjs-core";
import type { ProductOptions } from "./packed-product.ts";
import type { WebGpuOps } from "./webgpu-ops.ts";

// What tfjs's WebGPU operations do with a matrix that one binding can't hold, as GPT-2's embedding of 154 MB where a device allows 128: by parts of
// its rows.

const isLarge = (webGpu: WebGpuOps, size: number): boolean => 4 * size > webGpu.mostBytes;

/** As tf.matMul: b may be too large for a binding, or the product. */
export function productInParts(
  webGpu: WebGpuOps,
  a: tf.Tensor,
  b: tf.Tensor,
  { transposeA = false, transposeB = false }: ProductOptions,
): tf.Tensor {
  const [left, right] = [a as tf.Tensor2D, b as tf.Tensor2D];
  const rows = left.shape[transposeA ? 1 : 0];
  const columns = right.shape[transposeB ? 0 : 1];
  if (isLarge(webGpu, b.size)) {
    const parts = webGpu.rowParts(right);
    return tf.tidy(() => {
      // Rows of b are columns of the product, or what is summed over.
      if (transposeB)
        return tf.concat(
          parts.map((part) => tf.matMul(left, part.rows, transposeA, true)),
          1,
        );
      const products = parts.map((part) => tf.matMul(sliceOf(left, part, transposeA ? 0 : 1), part.rows, transposeA, false));
      return products.reduce((sum, product) => tf.add(sum, product));
    });
  }
  if (!isLarge(webGpu, rows * columns)) return tf.matMul(left, right, transposeA, transposeB);
  return joinedRows(webGpu, rows, columns, (run) => tf.matMul(sliceOf(left, run, transposeA ? 1 : 0), right, transposeA, transposeB));
}

/** As tf.gather of rows: the table may be too large. */
export function rowsInParts(webGpu: WebGpuOps, table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  if (!isLarge(webGpu, table.size)) return tf.gather(table, ids as tf.Tensor1D);
  const values = [...ids.dataSync<"int32">()];
  return tf.tidy(() => {
    const order: number[] = [];
    const pieces = webGpu.rowParts(table).flatMap(({ from, to, rows }) => {
      const places = values.flatMap((id, place) => (id >= from && id < to ? [place] : []));
      order.push(...places);
      return places.length === 0 ? [] : [tf.gather(rows, int32(places.map((place) => values[place]! - from)))];
    });
    const places = new Int32Array(order.length);
    order.forEach((place, index) => {
      places[place] = index;
    });
    return tf.reshape(tf.gather(tf.concat(pieces, 0), int32(places)), [...ids.shape, table.shape[1]!]);
  });
}

/** As tf.gather of rows `[K, H]`: what is gathered may be too large. */
export function gatheredInParts(webGpu: WebGpuOps, rows: tf.Tensor, places: Int32Array): tf.Tensor {
  const width = rows.shape[1]!;
  if (!isLarge(webGpu, places.length * width)) return tf.gather(rows, int32(places));
  return joinedRows(webGpu, places.length, width, ({ from, to }) => tf.gather(rows, int32(places.slice(from, to))));
}

const sum = { key: "sum", threads: 256, body: "let i = group * 256u + thread; if (i < given.count) { total[i] = a[i] + b[i]; }" };

/** As tf.add of two of one shape, which may be too large. */
export function sumInParts(webGpu: WebGpuOps, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (!isLarge(webGpu, a.size)) return tf.add(a, b);
  const total = webGpu.empty(a.shape);
  webGpu.runOnEach(sum, { reads: { a, b }, writes: { total }, numbers: {} });
  return total;
}

function joinedRows(webGpu: WebGpuOps, rows: number, width: number, make: (run: { from: number; to: number }) => tf.Tensor): tf.Tensor {
  const most = Math.max(1, Math.floor(webGpu.mostBytes / (4 * width)));
  return tf.tidy(() => {
    const runs = Array.from({ length: Math.ceil(rows / most) }, (_, run) => ({ from: run * most, to: Math.min((run + 1) * most, rows) }));
    return webGpu.joinRows(runs.map(make));
  });
}

function sliceOf(matrix: tf.Tensor2D, { from, to }: { from: number; to: number }, axis: 0 | 1): tf.Tensor2D {
  const [rows, columns] = matrix.shape;
  return axis === 0 ? tf.slice(matrix, [from, 0], [to - from, columns]) : tf.slice(matrix, [0, from], [rows, to - from]);
}

const int32 = (values: ArrayLike<number>): tf.Tensor1D => tf.tensor1d(Int32Array.from(values), "int32");
