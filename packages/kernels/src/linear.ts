import * as tf from "@tensorflow/tfjs-core";
import { sumOfRows } from "./bias.ts";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { asMatrix, matrixProduct } from "./matrix.ts";

/**
 * y = x·W + b over the last axis.
 *
 * `x` is `[..., I]`, `weight` `[I, O]` (with `transposed`: `[O, I]`, as PyTorch's Linear stores it), `bias` `[O]`; the result is
 * `[..., O]`. With dy `[N, O]`: dx = dy·Wᵀ, dW = xᵀ·dy, db = Σ dy over rows. Saved for the backward pass: x and W.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const y = linear(tf.tensor2d([[1, 2]]), tf.tensor2d([[1, 0], [0, 1]]), tf.tensor1d([10, 20])); // [[11, 22]]
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  { transposed = false }: { readonly transposed?: boolean } = {},
): tf.Tensor {
  checkLinear(x, weight, bias, transposed);
  const inputs: Record<string, tf.Tensor> = bias === undefined ? { x, weight } : { x, weight, bias };
  return differentiable({
    inputs,
    forward: (save) => {
      save?.([x, weight]);
      return withRowsOf(x, matrixProduct(asMatrix(x), weight, { transposeB: transposed, bias }));
    },
    gradients: (dy, [savedX, savedWeight]) => ({
      x: () => withRowsOf(x, matrixProduct(asMatrix(dy), savedWeight!, { transposeB: !transposed })),
      weight: () => {
        const [left, right] = transposed ? [dy, savedX!] : [savedX!, dy];
        return matrixProduct(asMatrix(left), asMatrix(right), { transposeA: true });
      },
      bias: () => sumOfRows(dy),
    }),
  });
}

/** `[N, O]` as `[..., O]`, the axes before the last being those of x. */
export function withRowsOf(x: tf.Tensor, rows: tf.Tensor): tf.Tensor {
  return x.rank === 2 ? rows : tf.reshape(rows, [...x.shape.slice(0, -1), rows.shape[1]!]);
}

/** Throws unless x, weight and bias fit as `linear` says. */
export function checkLinear(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | undefined, transposed: boolean): void {
  const [inputSize, outputSize] = transposed ? [weight.shape[1], weight.shape[0]] : [weight.shape[0], weight.shape[1]];
  if (weight.rank !== 2 || x.rank < 1 || x.shape.at(-1) !== inputSize || (bias !== undefined && bias.size !== outputSize))
    throw new KernelError(
      "shape-mismatch",
      `linear was given x [${x.shape}], weight [${weight.shape}]${transposed ? " (transposed)" : ""}` +
        `${bias ? `, bias [${bias.shape}]` : ""}: the last axis of x must equal the weight's input size, the bias its output size.`,
    );
}
