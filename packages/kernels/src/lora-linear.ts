import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable.ts";
import { KernelError } from "./error.ts";
import { linear } from "./linear.ts";
import { asMatrix, matrixProduct, sumOfRows } from "./matrix.ts";

/**
 * A linear layer with a low-rank update beside its weight (LoRA, Hu et al. 2021, arXiv:2106.09685): y = x·W + b + s·(x·Aᵀ)·Bᵀ.
 *
 * `x`, `weight`, `bias` and `transposed` are as in `linear`; A is `[R, I]`, B `[O, R]`, s a number. With dy `[N, O]` and
 * dr = s·dy·B `[N, R]`: dA = drᵀ·x, dB = s·dyᵀ·(x·Aᵀ), dx = dy·Wᵀ + dr·A. Saved for the backward pass: x, W, A and B, where a sum of two
 * linear layers would save both terms, `[N, O]` each.
 *
 * @throws KernelError `shape-mismatch`.
 * @example
 * const [a, b] = [tf.tensor2d([[1, 1]]), tf.tensor2d([[1], [0]])];
 * const y = loraLinear(tf.tensor2d([[1, 2]]), { weight: tf.tensor2d([[1, 0], [0, 1]]), a, b, scale: 2 }); // [[7, 2]]
 */
export function loraLinear(
  x: tf.Tensor,
  {
    weight,
    bias,
    a,
    b,
    scale,
    transposed = false,
  }: {
    readonly weight: tf.Tensor;
    readonly bias?: tf.Tensor | undefined;
    readonly a: tf.Tensor;
    readonly b: tf.Tensor;
    readonly scale: number;
    readonly transposed?: boolean;
  },
): tf.Tensor {
  const outputSize = weight.shape[transposed ? 0 : 1]!;
  if (a.rank !== 2 || b.rank !== 2 || a.shape[1] !== x.shape.at(-1) || a.shape[0] !== b.shape[1] || b.shape[0] !== outputSize)
    throw new KernelError(
      "shape-mismatch",
      `loraLinear was given x [${x.shape}], A [${a.shape}], B [${b.shape}] and an output size of ${outputSize}: ` +
        "A must be [rank, input size], B [output size, rank].",
    );
  const reduce = (input: tf.Tensor, matrix: tf.Tensor) => tf.mul(matrixProduct(asMatrix(input), matrix, { transposeB: true }), scale);
  const inputs: Record<string, tf.Tensor> = bias === undefined ? { x, weight, a, b } : { x, weight, a, b, bias };
  return differentiable({
    inputs,
    forward: (save) => {
      save?.([x, weight, a, b]);
      const whole = linear(x, weight, bias, { transposed });
      return tf.add(whole, tf.reshape(matrixProduct(reduce(x, a), b, { transposeB: true }), whole.shape));
    },
    gradients: (dy, [savedX, savedWeight, savedA, savedB]) => {
      const ofReduced = () => tf.mul(matrixProduct(asMatrix(dy), savedB!), scale);
      return {
        x: () => {
          const throughWeight = matrixProduct(asMatrix(dy), savedWeight!, { transposeB: !transposed });
          return tf.reshape(tf.add(throughWeight, matrixProduct(ofReduced(), savedA!)), x.shape);
        },
        weight: () => {
          const [left, right] = transposed ? [dy, savedX!] : [savedX!, dy];
          return matrixProduct(asMatrix(left), asMatrix(right), { transposeA: true });
        },
        a: () => matrixProduct(ofReduced(), asMatrix(savedX!), { transposeA: true }),
        b: () => matrixProduct(asMatrix(dy), reduce(savedX!, savedA!), { transposeA: true }),
        bias: () => sumOfRows(dy),
      };
    },
  });
}
