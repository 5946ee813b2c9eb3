import * as tf from "@tensorflow/tfjs-core";

/** Rows that stand one after another. */
export interface RowRun {
  readonly from: number;
  readonly to: number;
}

/** So many rows, cut into runs of at most `rowsAtOnce`. */
export function rowRuns(rows: number, rowsAtOnce: number): RowRun[] {
  const runs: RowRun[] = [];
  for (let from = 0; from < rows; from += rowsAtOnce) runs.push({ from, to: Math.min(rows, from + rowsAtOnce) });
  return runs;
}

/** The rows of a tensor that a run names; the tensor itself where these are all. */
export function rowsOf(x: tf.Tensor, { from, to }: RowRun): tf.Tensor {
  if (to - from === x.shape[0]) return x;
  return tf.slice(x, [from, ...x.shape.slice(1).fill(0)], [to - from, ...x.shape.slice(1)]);
}
