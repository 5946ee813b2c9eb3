import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";

/**
 * Matrices of as many rows side by side: `[N, a]`, `[N, b]`, … to `[N, a + b + …]`. Each gets its columns of dy. Nothing is saved for the
 * backward pass.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = concatColumns([tf.tensor2d([[1], [2]]), tf.tensor2d([[3, 4], [5, 6]])]); // [[1, 3, 4], [2, 5, 6]]
 */
export function concatColumns(parts: readonly tf.Tensor[]): tf.Tensor {
  const rows = parts[0]?.shape[0];
  if (parts.length === 0 || parts.some(({ shape }) => shape.length !== 2 || shape[0] !== rows))
    throw new KernelError(
      "shape-mismatch",
      `concatColumns was given ${parts.map(({ shape }) => `[${shape}]`).join(", ")}: pass matrices of as many rows.`,
    );
  let columns = 0;
  const begins = parts.map(({ shape }) => {
    columns += shape[1]!;
    return columns - shape[1]!;
  });
  return differentiable({
    inputs: Object.fromEntries(parts.map((part, index) => [`part${index}`, part])),
    forward: () => tf.concat([...parts], 1),
    gradients: (dy) =>
      Object.fromEntries(parts.map(({ shape }, index) => [`part${index}`, () => tf.slice(dy, [0, begins[index]!], [-1, shape[1]!])])),
  });
}
