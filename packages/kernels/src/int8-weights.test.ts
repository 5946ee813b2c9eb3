import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { onEachBackend, onNativeKernels } from "./backends.fixture.ts";
import { numbers, tensor } from "./finite-differences.fixture.ts";
import { int8Linear, portableQuantizeColumns, quantizeColumns } from "./int8-weights.ts";
import { nativeOps } from "./native-ops.ts";

const sizes = [
  { rows: 1, inner: 1, columns: 1 },
  { rows: 3, inner: 7, columns: 5 },
  { rows: 16, inner: 32, columns: 70 },
  { rows: 5, inner: 387, columns: 1063 },
  { rows: 40, inner: 64, columns: 129 },
];

onEachBackend(() => {
  test("columns [1, ½] and [−4, 2] become [127, 64] and [−127, 64], whose scales give the largest back", () => {
    const weights = quantizeColumns(tf.tensor2d([1, -4, 0.5, 2], [2, 2]));
    const [first, second] = tf.split(int8Linear(tf.eye(2), weights), 2, 1);
    const expected = [
      [1, 64 / 127],
      [-4, (64 * 4) / 127],
    ];
    [first!, second!].forEach((column, index) => {
      column.dataSync().forEach((value, row) => {
        expect(value).toBeCloseTo(expected[index]![row]!, 6);
      });
    });
  });

  test.each(sizes)(
    "x [$rows, $inner] times weights [$inner, $columns], stored either way: off by half a scale a weight at most",
    ({ rows, inner, columns }) => {
      for (const transposed of [false, true]) {
        const x = numbers(rows * inner, { seed: 1 });
        const weight = tensor(transposed ? [columns, inner] : [inner, columns], 2);
        const weights = quantizeColumns(weight, { transposed });
        const exact = tf.matMul(tf.tensor2d(x, [rows, inner]), weight as tf.Tensor2D, false, transposed).dataSync();
        const scales = weights.scales.dataSync();
        int8Linear(tf.tensor2d(x, [rows, inner]), weights)
          .dataSync()
          .forEach((value, index) => {
            const row = Math.floor(index / columns);
            const size = x.subarray(row * inner, (row + 1) * inner).reduce((sum, input) => sum + Math.abs(input), 0);
            expect(Math.abs(value - exact[index]!)).toBeLessThanOrEqual((size * scales[index % columns]!) / 2 + 1e-5);
          });
      }
    },
  );

  test("a column of zeros stays one, the bias is added, and leading axes stay", () => {
    const weights = quantizeColumns(tf.tensor2d([0, 1, 0, 2], [2, 2]));
    const y = int8Linear(tf.ones([2, 3, 2]), weights, tf.tensor1d([5, 1]));
    expect(y.shape).toEqual([2, 3, 2]);
    y.dataSync().forEach((value, index) => {
      expect(value).toBeCloseTo(index % 2 === 0 ? 5 : 1 + ((64 + 127) * 2) / 127, 5);
    });
  });
});

await onNativeKernels(() => {
  test.each(sizes)("[$inner, $columns], stored either way: the twins' integers and scales, bit by bit", ({ inner, columns }) => {
    for (const transposed of [false, true]) {
      const weight = tensor(transposed ? [columns, inner] : [inner, columns], 2);
      const [native, portable] = [quantizeColumns(weight, { transposed }), portableQuantizeColumns(weight, transposed)];
      expect(native.integers.shape).toEqual([Math.ceil(inner / 4), columns]);
      expect(native.scales.dataSync()).toEqual(portable.scales.dataSync());
      const bytes = new Int8Array((native.integers.dataSync() as Int32Array).slice().buffer);
      const integers = portable.integers.dataSync();
      const packed = Array.from(bytes, (_, place) => {
        const [word, byte] = [Math.floor(place / 4), place % 4];
        const row = Math.floor(word / columns) * 4 + byte;
        return row < inner ? integers[row * columns + (word % columns)]! : 0;
      });
      expect(packed.findIndex((integer, place) => integer !== bytes[place])).toBe(-1);
    }
  });

  test.each(sizes)("x [$rows, $inner] times weights [$inner, $columns] as the twin has it", ({ rows, inner, columns }) => {
    const [x, weight] = [tensor([rows, inner], 1), tensor([inner, columns], 2)];
    const portable = int8Linear(x, portableQuantizeColumns(weight, false)).dataSync();
    int8Linear(x, quantizeColumns(weight))
      .dataSync()
      .forEach((value, index) => {
        expect(Math.abs(value - portable[index]!)).toBeLessThan(1e-4);
      });
  });

  test("a row gives the same bytes alone and among others", () => {
    const [x, weights] = [tensor([9, 387], 1), quantizeColumns(tensor([387, 1063], 2))];
    const together = int8Linear(x, weights);
    for (const row of [0, 4, 8])
      expect(int8Linear(tf.slice(x, [row, 0], [1, 387]), weights).dataSync()).toEqual(tf.slice(together, [row, 0], [1, 1063]).dataSync());
  });

  test("sizes that don't fit are refused", () => {
    const { integers, scales } = quantizeColumns(tensor([8, 3], 1));
    expect(() => nativeOps()!.run("CaiInt8MatMul", { N: { int: 0 } }, [tf.zeros([1, 9]), integers, scales])).toThrow(/sizes/);
  });
});
