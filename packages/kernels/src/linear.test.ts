import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { linear } from "./linear.ts";

onEachBackend(() => {
  test("[1, 2] times [[1, 3], [2, 4]] plus [10, 20] is [15, 31]", () => {
    const y = linear(
      tf.tensor2d([[1, 2]]),
      tf.tensor2d([
        [1, 3],
        [2, 4],
      ]),
      tf.tensor1d([10, 20]),
    );
    expect(y.arraySync()).toEqual([[15, 31]]);
  });

  test("a transposed weight is [O, I]", () => {
    const y = linear(
      tf.tensor1d([1, 2]),
      tf.tensor2d([
        [1, 3],
        [2, 4],
        [0, 1],
      ]),
      undefined,
      { transposed: true },
    );
    expect(y.arraySync()).toEqual([7, 10, 2]);
  });

  test.each([true, false])("gradients agree with finite differences, transposed %s", (transposed) => {
    const weight = tensor(transposed ? [5, 4] : [4, 5], 2);
    expectGradientsByFiniteDifferences((x, w, b) => linear(x!, w!, b, { transposed }), [tensor([2, 3, 4]), weight, tensor([5], 3)]);
  });

  test("the gradient of a frozen weight is never computed, and the others stay the same", () => {
    const [x, weight, bias] = [tensor([3, 4]), tensor([4, 5], 2), tensor([5], 3)] as const;
    const all = tf.grads((a, w, b) => tf.sum(tf.square(linear(a!, w!, b))))([x, weight, bias]);
    const [forX, forBias] = tf.grads((a, b) => tf.sum(tf.square(linear(a!, weight, b))))([x, bias]);
    expect(forX!.arraySync()).toEqual(all[0]!.arraySync());
    expect(forBias!.arraySync()).toEqual(all[2]!.arraySync());
  });
});

test("shapes that do not fit are refused with all of them in the message", () => {
  expect(() => linear(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow(KernelError);
  expect(() => linear(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow(/x \[2,3\], weight \[4,5\]/);
  expect(() => linear(tf.zeros([2, 4]), tf.zeros([4, 5]), tf.zeros([4]))).toThrow(/bias \[4\]/);
});
