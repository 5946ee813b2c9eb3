import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { scaledColumns } from "./scaled-columns.ts";

onEachBackend(() => {
  // [1 · 6 / 2 + 10, 2 · 1 / 4 + 20].
  test("[1, 2] with gains 6 and 1 over 2 and 4, plus [10, 20], is [13, 20.5]", () => {
    const options = { gain: tf.tensor1d([6, 1]), divisor: () => tf.tensor1d([2, 4]) };
    expect(scaledColumns(tf.tensor2d([[1, 2]]), options).arraySync()).toEqual([[3, 0.5]]);
    expect(scaledColumns(tf.tensor1d([1, 2]), { ...options, bias: tf.tensor1d([10, 20]) }).arraySync()).toEqual([13, 20.5]);
  });

  test("gradients agree with finite differences, and nothing of the divisor is on the tape", () => {
    const lengths = tf.add(tf.abs(tensor([5], 4)), 1);
    expectGradientsByFiniteDifferences(
      (x, gain, bias) => scaledColumns(x!, { gain: gain!, divisor: () => tf.mul(lengths, 1), bias: bias! }),
      [tensor([2, 3, 5]), tensor([5], 2), tensor([5], 3)],
    );
  });
});

test("sizes that do not fit are refused with all shapes in the message", () => {
  const [x, divisor] = [tf.zeros([2, 4]), () => tf.ones([4])];
  expect(() => scaledColumns(x, { gain: tf.ones([3]), divisor })).toThrow(/x \[2,4\], gain \[3\]/);
  expect(() => scaledColumns(x, { gain: tf.ones([4]), divisor, bias: tf.ones([1]) })).toThrow(
    expect.objectContaining({ code: "shape-mismatch", message: expect.stringContaining("bias [1]") }),
  );
});
