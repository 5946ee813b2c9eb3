import { expectTwins, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { linear } from "./linear.ts";
import { nativeOps } from "./native-ops.ts";
import { mostSkinnyRows, skinnyProduct } from "./skinny-product.ts";

onNativeKernels(() => {
  // Rows of weights are divided into a split for each 192, at most 8, and 8 segments each; columns go by up to 4 vectors of 4 to 16.
  test.each([
    { rows: 1, inner: 1, columns: 1 },
    { rows: 3, inner: 7, columns: 5 },
    { rows: 8, inner: 64, columns: 16 },
    { rows: 5, inner: 33, columns: 1663 },
    { rows: 16, inner: 300, columns: 770 },
    { rows: 6, inner: 1700, columns: 200 },
    { rows: 13, inner: 770, columns: 3100 },
  ])(
    "[$rows, $inner] times [$inner, $columns], stored either way, plus a bias is what tfjs's operations give",
    ({ rows, inner, columns }) => {
      for (const transposed of [false, true]) {
        const [x, bias] = [tensor([rows, inner], 1), tensor([columns], 3)];
        const weight = tensor(transposed ? [columns, inner] : [inner, columns], 2);
        const expected = tf.add(tf.matMul(x, weight, false, transposed), bias).dataSync();
        skinnyProduct(x, weight, { transposed, bias })
          .dataSync()
          .forEach((value, i) => {
            expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6 * inner + 1e-6);
          });
      }
    },
  );

  test.each([false, true])("a linear layer of a few rows goes this way, and its gradients stay; transposed %s", (transposed) => {
    const inputs = [tensor([13, 770], 1), tensor(transposed ? [1300, 770] : [770, 1300], 2), tensor([1300], 3)];
    expectTwins(
      (x, weight, bias) => linear(x!, weight!, bias, { transposed }),
      (x, weight, bias) => tf.add(tf.matMul(x!, weight!, false, transposed), bias!),
      inputs,
    );
  });

  test("a row gives the same bytes alone, and among any number of others", () => {
    for (const transposed of [false, true])
      for (const [inner, columns] of [
        [770, 1300],
        [19, 21],
      ] as const) {
        const [a, b] = [tensor([mostSkinnyRows, inner], 1), tensor(transposed ? [columns, inner] : [inner, columns], 2)];
        const alone = Array.from({ length: mostSkinnyRows }, (_, row) =>
          skinnyProduct(tf.slice(a, [row, 0], [1, inner]), b, { transposed }),
        );
        const bytes = alone.map((row) => row.dataSync());
        for (let rows = 2; rows <= mostSkinnyRows; rows++) {
          const together = skinnyProduct(tf.slice(a, [mostSkinnyRows - rows, 0], [rows, inner]), b, { transposed });
          expect(together.shape).toEqual([rows, columns]);
          const expected = bytes.slice(mostSkinnyRows - rows).flatMap((row) => [...row]);
          expect([...together.dataSync()]).toEqual(expected);
        }
      }
  });

  test("NaN stays in its row, and no rows give none", () => {
    const b = tensor([20, 40], 2);
    const y = skinnyProduct(tf.concat([tf.fill([1, 20], Number.NaN), tf.ones([1, 20])]), b, { transposed: false }).dataSync();
    expect([...y].map(Number.isNaN)).toEqual([...Array(40).fill(true), ...Array(40).fill(false)]);
    expect(skinnyProduct(tf.zeros([0, 20]), b, { transposed: false }).shape).toEqual([0, 40]);
  });

  test("sizes that don't fit are refused", () => {
    expect(() =>
      nativeOps()!.run(
        "CaiSkinnyMatMul",
        { transposed: { bool: true }, gelu: { bool: false }, epsilon: { float: 0 }, N: { int: 0 }, M: { int: 0 }, L: { int: 0 } },
        [tf.zeros([2, 3]), tf.zeros([3, 4])],
      ),
    ).toThrow(/inner sizes/);
  });
});
