import { onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { asMatrix, matrixProduct } from "./matrix.ts";

onEachBackend(() => {
  test.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])("[2, 3] times [3, 4], the first stored transposed: %s, the second: %s", (transposeA, transposeB) => {
    const [a, b] = [tensor([2, 3], 1), tensor([3, 4], 2)];
    const [left, right] = [a.arraySync() as number[][], b.arraySync() as number[][]];
    const product = matrixProduct(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b, { transposeA, transposeB });
    (product.arraySync() as number[][]).forEach((row, i) => {
      row.forEach((x, j) => {
        expect(x).toBeCloseTo(
          [0, 1, 2].reduce((sum, inner) => sum + left[i]![inner]! * right[inner]![j]!, 0),
          5,
        );
      });
    });
    expect(product.shape).toEqual([2, 4]);
  });

  test("few rows times a large transposed matrix, and many rows, come out alike", () => {
    // Each element is 1·1 + 2·2 + … + 4·4 = 30.
    const [row, column] = [tf.tensor2d([[1, 2, 3, 4]]), tf.tile(tf.tensor2d([[1, 2, 3, 4]]), [2 ** 18 + 1, 1])];
    expect(
      matrixProduct(row, column, { transposeB: true })
        .dataSync()
        .every((x) => x === 30),
    ).toBe(true);
    expect(
      matrixProduct(column, row, { transposeB: true })
        .dataSync()
        .every((x) => x === 30),
    ).toBe(true);
  });

  test("asMatrix folds all axes but the last", () => {
    expect(asMatrix(tf.zeros([2, 3, 4])).shape).toEqual([6, 4]);
    expect(asMatrix(tf.zeros([4])).shape).toEqual([1, 4]);
    const matrix = tf.zeros([2, 3]);
    expect(asMatrix(matrix)).toBe(matrix);
  });
});
