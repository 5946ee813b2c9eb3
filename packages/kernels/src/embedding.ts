import * as tf from "@tensorflow/tfjs-core";
import { rowsInParts } from "./bound-in-parts.ts";
import { differentiable } from "./differentiable.ts";
import { readIds } from "./ids.ts";
import { nativeOps } from "./native-ops.ts";
import { scatteredRows } from "./scattered-rows.ts";
import { sumOf } from "./sum.ts";
import { isLastUse, tapeEngine, tapeNode } from "./tape-node.ts";
import { webGpuOps } from "./webgpu-ops.ts";

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
  const size = table.shape[0]!;
  readIds("embedding", ids, size);
  return differentiable({
    inputs: { table },
    forward: (save) => {
      save?.([ids]);
      return rowsOfTable(table, ids);
    },
    gradients: (dy, [savedIds]) => ({ table: () => scatteredRows(dy, savedIds!, size) }),
  });
}

/**
 * {@link embedding} of a table that has another use further on, as where the output matrix of a model is its embedding's.
 *
 * `rows` are table[ids]; `table` is the table, to be used there: the gradient of that use comes first in the backward pass, and that of the
 * rows is added to it in its memory. Two uses of the table itself would fill two tensors `[V, H]` and add them into a third. Where there is no
 * tape to record on, `table` is the table itself. Otherwise it is a tensor of its own that shares its numbers, for operations alone whose
 * gradient is no view of another tensor, and like `rows` the caller's to dispose of.
 *
 * @throws KernelError `bad-dtype`, `id-out-of-range`.
 * @example
 * const { rows, table } = tiedEmbedding(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor1d([1], "int32")); // rows: [[3, 4]]
 * const logits = linear(rows, table, undefined, { transposed: true }); // [[11, 25]]
 */
export function tiedEmbedding(table: tf.Tensor, ids: tf.Tensor): { readonly rows: tf.Tensor; readonly table: tf.Tensor } {
  readIds("tiedEmbedding", ids, table.shape[0]!);
  if (!tapeEngine().isTapeOn()) return { rows: rowsOfTable(table, ids), table };
  const [rows, shared] = tapeNode({
    inputs: { table },
    forward(save) {
      save?.([ids]);
      return [rowsOfTable(table, ids), tf.clone(table)];
    },
    backward: ([dRows, dTable], [savedIds]) => ({ table: withRowsAdded(dTable!, savedIds!, dRows!) }),
  });
  return { rows: rows!, table: shared! };
}

function withRowsAdded(table: tf.Tensor, ids: tf.Tensor, rows: tf.Tensor): tf.Tensor {
  const native = nativeOps();
  if (!native?.has("CaiScatterAddRows") || !isLastUse(tapeEngine())) return sumOf(table, scatteredRows(rows, ids, table.shape[0]!));
  native.runMany("CaiScatterAddRows", {}, [table, ids, rows], 0);
  return table;
}

function rowsOfTable(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const webGpu = webGpuOps();
  return webGpu === undefined ? tf.gather(table, ids as tf.Tensor1D) : rowsInParts(webGpu, table, ids);
}
