import type { Shape2D } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";

const hidden = -1e9;

/**
 * What is added to attention scores so that each query sees itself and the keys before it that are not padding: 0 where it sees,
 * −1e9 where not. A query at padding thus sees something too (itself), and its result and gradient stay finite.
 *
 * `mask` `[B, T]` covers all keys, those in a cache included. `queryColumns` are the columns the queries stand in, default `[0, T]`;
 * the last token alone is `[T - 1, T]`. Returns float32 `[B, 1, to − from, T]`; the caller disposes.
 *
 * @throws KernelError `shape-mismatch`, `bad-option`.
 * @example
 * attentionBias({ mask: new Uint8Array([0, 1, 1]), shape: [1, 3] });
 * // [[0, -1e9, -1e9], [-1e9, 0, -1e9], [-1e9, 0, 0]]
 */
export function attentionBias({
  mask,
  shape: [rows, columns],
  queryColumns: [from, to] = [0, columns],
}: {
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
  readonly queryColumns?: readonly [from: number, to: number];
}): tf.Tensor4D {
  if (mask.length !== rows * columns)
    throw new KernelError("shape-mismatch", `mask has ${mask.length} elements, shape [${rows}, ${columns}] wants ${rows * columns}.`);
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= columns))
    throw new KernelError("bad-option", `queryColumns is [${from}, ${to}]: pass two columns with 0 ≤ from < to ≤ ${columns}.`);
  const bias = new Float32Array(rows * (to - from) * columns).fill(hidden);
  let start = 0;
  for (let row = 0; row < rows; row++)
    for (let query = from; query < to; query++, start += columns)
      for (let key = 0; key <= query; key++) if (key === query || mask[row * columns + key] === 1) bias[start + key] = 0;
  return tf.tensor4d(bias, [rows, 1, to - from, columns]);
}
