import { expectGradientsByFiniteDifferences, expectTwins, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { portableRmsNorm, rmsNorm } from "./rms-norm.ts";

onEachBackend(() => {
  test("[1, 7] has mean square 25: [1/5, 7/5], then the gain", () => {
    const y = rmsNorm(tf.tensor2d([[1, 7]]), tf.tensor1d([10, 100]), 0).dataSync();
    expect(y[0]).toBeCloseTo(2, 4);
    expect(y[1]).toBeCloseTo(140, 3);
  });

  test("epsilon is added to the mean square, so that zeros stay zeros", () => {
    // Mean square 9, epsilon 16: divided by 5.
    const y = rmsNorm(
      tf.tensor2d([
        [3, -3],
        [0, 0],
      ]),
      tf.ones([2]),
      16,
    ).dataSync();
    [0.6, -0.6, 0, 0].forEach((expected, index) => {
      expect(y[index]).toBeCloseTo(expected, 5);
    });
  });

  test("gradients agree with finite differences", () => {
    expectGradientsByFiniteDifferences((x, gain) => rmsNorm(x!, gain!, 1e-5), [tensor([2, 3, 6], 1, 2), tensor([6], 2)]);
  });

  test("a gain of two numbers normalises each pair of a row of four by itself", () => {
    // Mean squares 25 and 4.
    const y = rmsNorm(tf.tensor2d([[1, 7, 2, -2]]), tf.tensor1d([10, 100]), 0).dataSync();
    [2, 140, 10, -100].forEach((expected, index) => {
      expect(y[index]! / expected).toBeCloseTo(1, 5);
    });
  });

  test("an offset counts as part of the gain", () => {
    const y = rmsNorm(tf.tensor2d([[1, 7]]), tf.tensor1d([-0.5, 1]), 0, { gainOffset: 1 }).dataSync();
    expect(y[0]).toBeCloseTo(0.1, 5);
    expect(y[1]).toBeCloseTo(2.8, 5);
  });

  test("gradients of heads with an offset agree with finite differences", () => {
    expectGradientsByFiniteDifferences((x, gain) => rmsNorm(x!, gain!, 1e-5, { gainOffset: 1 }), [tensor([2, 6], 1, 2), tensor([3], 2)]);
  });

  test("with the gain frozen the gradient of x is the same", () => {
    const [x, gain] = [tensor([3, 4]), tensor([4], 2)] as const;
    const all = tf.grads((a, g) => tf.sum(tf.square(rmsNorm(a!, g!, 1e-5))))([x, gain]);
    const alone = tf.grad((a) => tf.sum(tf.square(rmsNorm(a, gain, 1e-5))))(x);
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
      (x, gain) => rmsNorm(x!, gain!, 1e-5),
      (x, gain) => portableRmsNorm(x!, gain!, 1e-5),
      [tensor([rows, width], 1, 3), tensor([width], 2)],
      5e-6,
    );
  });

  test("rows of heads come out as from tfjs's operations, gradients too", () => {
    expectTwins(
      (x, gain) => rmsNorm(x!, gain!, 1e-5, { gainOffset: 1 }),
      (x, gain) => portableRmsNorm(x!, gain!, 1e-5, { gainOffset: 1 }),
      [tensor([30, 5 * 16], 1, 3), tensor([16], 2)],
      5e-6,
    );
  });
});

test("a gain of another size is refused", () => {
  expect(() => rmsNorm(tf.zeros([2, 3]), tf.zeros([4]), 1e-5)).toThrow(KernelError);
});
