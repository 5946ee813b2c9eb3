import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";

/**
 * Rows in another order, with rows of zeros among them: y[i] = x[from[i]], 0 where from[i] is −1.
 *
 * `x` is `[N, …]`, of rank 1 or 2; the result `[from.length, …]`. No row is taken twice: dx[from[i]] = dy[i]. Nothing is saved for the backward pass.
 *
 * @throws KernelError `bad-option`.
 * @example
 * const y = placeRows(tf.tensor2d([[1, 2], [3, 4]]), Int32Array.of(1, -1, 0)); // [[3, 4], [0, 0], [1, 2]]
 */
export function placeRows(x: tf.Tensor, from: Int32Array): tf.Tensor {
  const rows = x.shape[0]!;
  const back = new Int32Array(rows).fill(-1);
  from.forEach((source, target) => {
    if (source < -1 || source >= rows)
      throw new KernelError("bad-option", `placeRows was asked for row ${source} of ${rows}: give 0 … ${rows - 1}, or -1 for zeros.`);
    if (source === -1) return;
    if (back[source] !== -1) throw new KernelError("bad-option", `placeRows was asked for row ${source} twice: take each row once.`);
    back[source] = target;
  });
  return differentiable({
    inputs: { x },
    forward: () => gathered(x, from),
    gradients: (dy) => ({ x: () => gathered(dy, back) }),
  });
}

/** As {@link placeRows}, without a gradient. */
export function gathered(x: tf.Tensor, from: Int32Array): tf.Tensor {
  const rows = x.shape[0]!;
  if (from.length === rows && from.every((source, target) => source === target)) return tf.clone(x);
  if (!from.includes(-1)) return tf.gather(x, tf.tensor1d(from, "int32"));
  const withZeros = tf.pad(
    x,
    x.shape.map((_, axis) => [0, axis === 0 ? 1 : 0] as [number, number]),
  );
  const places = tf.tensor1d(
    from.map((source) => (source === -1 ? rows : source)),
    "int32",
  );
  return tf.gather(withZeros, places);
}
