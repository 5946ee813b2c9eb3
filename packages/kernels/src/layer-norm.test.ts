import { expectGradientsByFiniteDifferences, expectTwins, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { layerNorm, portableLayerNorm } from "./layer-norm.ts";

onEachBackend(() => {
  test("[1, 3] has mean 2 and variance 1: [-1, 1], then gain and bias", () => {
    const y = layerNorm(tf.tensor2d([[1, 3]]), tf.tensor1d([10, 100]), tf.tensor1d([5, 7]), 0).dataSync();
    expect(y[0]).toBeCloseTo(-10 + 5, 4);
    expect(y[1]).toBeCloseTo(100 + 7, 4);
  });

  test("a constant row gives the bias, not a division by zero", () => {
    const y = layerNorm(tf.fill([2, 3], 4), tf.ones([3]), tf.tensor1d([1, 2, 3]), 1e-5);
    expect(y.arraySync()).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test("gradients agree with finite differences", () => {
    expectGradientsByFiniteDifferences(
      (x, gain, bias) => layerNorm(x!, gain!, bias!, 1e-5),
      [tensor([2, 3, 6], 1, 2), tensor([6], 2), tensor([6], 3)],
    );
  });

  test("with gain and bias frozen the gradient of x is the same", () => {
    const [x, gain, bias] = [tensor([3, 4]), tensor([4], 2), tensor([4], 3)] as const;
    const all = tf.grads((a, g, b) => tf.sum(tf.square(layerNorm(a!, g!, b!, 1e-5))))([x, gain, bias]);
    const alone = tf.grad((a) => tf.sum(tf.square(layerNorm(a, gain, bias, 1e-5))))(x);
    expect(alone.arraySync()).toEqual(all[0]!.arraySync());
  });
});

onNativeKernels(() => {
  test.each([
    [1, 8],
    [3, 65],
    [90, 771],
  ])("%i rows of %i come out as from tfjs's operations, gradients too", (rows, width) => {
    expectTwins(
      (x, gain, bias) => layerNorm(x!, gain!, bias!, 1e-5),
      (x, gain, bias) => portableLayerNorm(x!, gain!, bias!, 1e-5),
      [tensor([rows, width], 1, 3), tensor([width], 2), tensor([width], 3)],
      5e-6,
    );
  });

  test("NaN spoils its own row only", () => {
    const y = layerNorm(tf.tensor2d([Number.NaN, 1, 1, 3], [2, 2]), tf.ones([2]), tf.zeros([2]), 0).dataSync();
    expect([...y]).toEqual([Number.NaN, Number.NaN, -1, 1]);
  });
});

test("a gain of another size is refused", () => {
  expect(() => layerNorm(tf.zeros([2, 3]), tf.zeros([4]), tf.zeros([3]), 1e-5)).toThrow(KernelError);
});
