import { onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { portableSumOfRows, sumOfRows, withBias } from "./bias.ts";

onEachBackend(() => {
  test("withBias adds the bias to each row", () => {
    expect(withBias(tf.tensor3d([1, 2, 3, 4], [2, 1, 2]), tf.tensor1d([10, 20])).arraySync()).toEqual([[[11, 22]], [[13, 24]]]);
  });

  test("sumOfRows adds up everything over the last axis", () => {
    expect(sumOfRows(tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])).arraySync()).toEqual([16, 20]);
    expect(sumOfRows(tf.tensor1d([1, 2])).arraySync()).toEqual([1, 2]);
  });
});

const sizes = [
  [1, 1],
  [7, 33],
  [350, 771],
] as const;

onNativeKernels(() => {
  test.each(sizes)("the bias of [%i, %i] is added as by tfjs, bit for bit", (rows, columns) => {
    const [product, bias] = [tensor([rows, columns]), tensor([columns], 2)];
    const expected = tf.add(product, bias).dataSync();
    expect(withBias(product, bias).dataSync()).toEqual(expected);
  });

  test.each(sizes)("the sums of [%i, %i] are those of TensorFlow, to rounding", (rows, columns) => {
    const x = tensor([rows, columns]);
    const expected = portableSumOfRows(x).dataSync();
    sumOfRows(x)
      .dataSync()
      .forEach((sum, column) => {
        expect(Math.abs(sum - expected[column]!)).toBeLessThan(3e-5);
      });
  });

  test("a bias of another length is refused, not written past", () => {
    expect(() => withBias(tf.zeros([2, 3]), tf.zeros([4]))).toThrow(/CaiAddBias/);
  });
});
