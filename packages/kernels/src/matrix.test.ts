import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { onEachBackend } from "./backends.fixture.ts";
import { tensor } from "./finite-differences.fixture.ts";
import { asMatrix, matrixProduct, sumOfRows } from "./matrix.ts";

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

  test("sumOfRows adds up everything over the last axis", () => {
    expect(sumOfRows(tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])).arraySync()).toEqual([16, 20]);
  });

  test("asMatrix folds all axes but the last", () => {
    expect(asMatrix(tf.zeros([2, 3, 4])).shape).toEqual([6, 4]);
    expect(asMatrix(tf.zeros([4])).shape).toEqual([1, 4]);
  });
});
