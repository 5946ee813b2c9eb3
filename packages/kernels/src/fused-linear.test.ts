import { expectTwins, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { fusedLinear } from "./fused-linear.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";
import { recorded } from "./recording.ts";

onEachBackend(() => {
  test("the input is normalised, the result bent, the residual added in the end", () => {
    // norm([1, 3]) = [−1, 1]; times W and plus b: [−1 + 2, 0 − 1] = [1, −1]; gelu: [0.8412, −0.1588].
    const norm = { gain: tf.ones([2]), bias: tf.zeros([2]), epsilon: 0 };
    const layer = { weight: tf.tensor2d([[1, 0], [0, 0]]), bias: tf.tensor1d([2, -1]) }; // biome-ignore format: a line
    const y = fusedLinear(tf.tensor2d([[1, 3]]), layer, { norm, activation: "gelu", residual: tf.tensor2d([[10, 20]]) });
    const [first, second] = y.dataSync();
    expect(first).toBeCloseTo(10.8412, 4);
    expect(second).toBeCloseTo(19.8412, 4);
  });

  test("with nothing to fuse it is the linear layer", () => {
    const y = fusedLinear(tf.tensor2d([[1, 2]]), { weight: tf.tensor2d([[1, 0], [0, 1]]), bias: tf.tensor1d([10, 20]) }, {}); // biome-ignore format: a line
    expect([...y.dataSync()]).toEqual([11, 22]);
  });

  test("sizes that don't fit are refused", () => {
    expect(() => fusedLinear(tf.ones([1, 3]), { weight: tf.ones([2, 2]) }, {})).toThrow(KernelError);
  });
});

onNativeKernels(() => {
  const [inner, columns] = [300, 270];

  test.each([
    { rows: 1, transposed: false },
    { rows: 5, transposed: false },
    { rows: 16, transposed: false },
    { rows: 5, transposed: true },
  ])("$rows rows, transposed $transposed: one operation gives what its parts do, with their gradients", ({ rows, transposed }) => {
    const inputs = [
      tensor([rows, inner], 1),
      tensor(transposed ? [columns, inner] : [inner, columns], 2, 0.1),
      tensor([columns], 3),
      tensor([inner], 4),
      tensor([inner], 5),
      tensor([rows, columns], 6),
    ];
    expectTwins(
      (x, weight, bias, gain, shift, residual) =>
        fusedLinear(
          x!,
          { weight: weight!, bias, transposed },
          { norm: { gain: gain!, bias: shift!, epsilon: 1e-5 }, activation: "gelu", residual },
        ),
      (x, weight, bias, gain, shift, residual) => {
        const product = tf.matMul(layerNorm(x!, gain!, shift!, 1e-5), weight!, false, transposed);
        return tf.add(residual!, gelu(tf.add(product, bias!)));
      },
      inputs,
    );
  });

  test("a row gives the same bytes alone and among others", () => {
    const [x, residual, weight] = [tensor([7, inner], 1), tensor([7, columns], 2), tensor([inner, columns], 3)];
    const norm = { gain: tensor([inner], 4), bias: tensor([inner], 5), epsilon: 1e-5 };
    const rows = (from: number, count: number) =>
      fusedLinear(
        tf.slice(x, [from, 0], [count, inner]),
        { weight },
        { norm, activation: "gelu", residual: tf.slice(residual, [from, 0], [count, columns]) },
      ).dataSync();
    expect([...rows(0, 7).slice(4 * columns, 5 * columns)]).toEqual([...rows(4, 1)]);
  });

  test("a residual of another shape is refused", () => {
    const [x, weight] = [tensor([2, inner], 1), tensor([inner, columns], 2)];
    expect(() => fusedLinear(x, { weight }, { residual: tf.ones([2, columns - 1]) })).toThrow(/residual/);
  });

  test("few rows computed again in the backward pass have the same result and gradients to the bit", () => {
    const [x, weight] = [tensor([4, inner], 1), tensor([inner, columns], 2, 0.1)];
    const [first, second] = [false, true].map((recompute) => {
      const block = (w: tf.Tensor) =>
        recorded({ x, weights: { w }, recompute, forward: (input) => fusedLinear(input, { weight: w }, { activation: "gelu" }) });
      const { value, grad } = tf.valueAndGrad((w) => tf.sum(tf.square(block(w))))(weight);
      return [block(weight), value, grad].map((tensor) => [...tensor.dataSync()]);
    });
    expect(second).toEqual(first);
  });
});
