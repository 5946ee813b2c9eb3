import { kernelLevel, numbers, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { unfusedLinear } from "./fused-linear.ts";
import { type Int8Weights, int8Linear, portableQuantizeColumns, quantizeColumns } from "./int8-weights.ts";
import { nativeOps } from "./native-ops.ts";

const sizes = [
  { rows: 1, inner: 1, columns: 1 },
  { rows: 3, inner: 7, columns: 5 },
  { rows: 16, inner: 32, columns: 70 },
  { rows: 5, inner: 387, columns: 1063 },
  { rows: 11, inner: 130, columns: 16 },
  { rows: 40, inner: 64, columns: 129 },
];

const largest = (x: tf.Tensor): number => tf.max(tf.abs(x)).dataSync()[0]!;

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

  test("what stands around the layer in a model: norm, bias, GELU, and what is added in the end", () => {
    const [x, weights, bias] = [tensor([2, 3, 70], 1), quantizeColumns(tensor([70, 37], 2)), tensor([37], 3)];
    const norm = { gain: tensor([70], 4), bias: tensor([70], 5), epsilon: 1e-5 };
    const residual = tensor([2, 3, 37], 6);
    for (const fusion of [{ norm }, { activation: "gelu" }, { residual }, { norm, activation: "gelu", residual }] as const) {
      const expected = unfusedLinear(x, fusion, (input) => int8Linear(input, weights, bias));
      const y = int8Linear(x, weights, bias, fusion);
      expect(y.shape).toEqual([2, 3, 37]);
      expect(largest(tf.sub(y, expected))).toBeLessThan(1e-5);
    }
  });

  test.each(sizes)(
    "weights [$inner, $columns], stored either way, are rounded with what a low-rank update adds to them",
    ({ inner, columns }) => {
      for (const transposed of [false, true]) {
        const weight = tensor(transposed ? [columns, inner] : [inner, columns], 2);
        const update = { a: tensor([3, inner], 3), b: tensor([columns, 3], 4), scale: 0.5 };
        const delta = tf.mul(tf.matMul(update.b, update.a, false, false), update.scale);
        const sum = tf.add(weight, transposed ? delta : tf.transpose(delta));
        const [updated, expected] = [quantizeColumns(weight, { transposed, update }), quantizeColumns(sum, { transposed })];
        const scales = expected.scales.dataSync();
        updated.scales.dataSync().forEach((scale, column) => {
          expect(Math.abs(scale / scales[column]! - 1)).toBeLessThan(1e-5);
        });
        // The sums differ by rounding errors, so an integer that was about to become the next one may.
        const [one, other] = [int8Linear(tf.eye(inner), updated), int8Linear(tf.eye(inner), expected)];
        const steps = tf.abs(tf.div(tf.sub(one, other), expected.scales));
        expect(largest(steps)).toBeLessThan(1.01);
        expect(tf.mean(tf.greater(steps, 0.5)).dataSync()[0]).toBeLessThan(1e-3);
      }
    },
  );
});

onNativeKernels(() => {
  const run = (x: tf.Tensor, { integers, scales }: Int8Weights, tiles = true) =>
    nativeOps()!.run(
      "CaiInt8MatMul",
      { tiles: { bool: tiles }, gelu: { bool: false }, epsilon: { float: 0 }, N: { int: 0 }, M: { int: 0 }, L: { int: 0 } },
      [x, integers, scales],
    ) as tf.Tensor2D;

  /** By tiles where the processor has them, and by the loop for all others. */
  const bothLoops = (x: tf.Tensor, weights: Int8Weights) => [run(x, weights, true), run(x, weights, false)];

  test.each(sizes)("[$inner, $columns], stored either way: the twins' integers and scales, bit by bit", ({ inner, columns }) => {
    for (const transposed of [false, true]) {
      const weight = tensor(transposed ? [columns, inner] : [inner, columns], 2);
      const [native, portable] = [quantizeColumns(weight, { transposed }), portableQuantizeColumns(weight, { transposed })];
      const [across, down] = [Math.ceil(columns / 16), Math.ceil(inner / 64)];
      expect(native.integers.shape).toEqual([across, down, 16, 16]);
      expect(native.scales.dataSync()).toEqual(portable.scales.dataSync());
      const bytes = new Int8Array((native.integers.dataSync() as Int32Array).slice().buffer);
      const integers = portable.integers.dataSync();
      const expected = Int8Array.from(bytes, (_, place) => {
        const block = Math.floor(place / 1024);
        const row = (block % down) * 64 + Math.floor((place % 1024) / 64) * 4 + (place % 4);
        const column = Math.floor(block / down) * 16 + Math.floor((place % 64) / 4);
        return row < inner && column < columns ? integers[row * columns + column]! : 0;
      });
      expect(bytes.findIndex((byte, place) => byte !== expected[place])).toBe(-1);
    }
  });

  test.each(sizes)(
    "x [$rows, $inner] times weights [$inner, $columns]: off from the sum of its integers by 2⁻²² of the sum of sizes, and by what x is rounded to",
    ({ rows, inner, columns }) => {
      const [x, weight] = [tensor([rows, inner], 1), tensor([inner, columns], 2)];
      const [numbersOfX, portable] = [x.dataSync<"float32">(), portableQuantizeColumns(weight)];
      const [integers, scales] = [portable.integers.dataSync(), portable.scales.dataSync()];
      const largestBeside = numbersOfX.map((_, place) => {
        const row = numbersOfX.subarray(place - (place % inner), place - (place % inner) + inner);
        const block = (place % inner) - ((place % inner) % 64);
        return row.subarray(block, block + 64).reduce((most, number) => Math.max(most, Math.abs(number)), 0);
      });
      bothLoops(x, quantizeColumns(weight)).forEach((product, loop) => {
        const byTiles = loop === 0 && kernelLevel === "amx";
        expect(product.shape).toEqual([rows, columns]);
        product.dataSync().forEach((value, place) => {
          const [row, column] = [Math.floor(place / columns), place % columns];
          let [sum, size, moved] = [0, 0, 0];
          for (let k = 0; k < inner; k++) {
            const step = integers[k * columns + column]! * scales[column]!;
            const term = numbersOfX[row * inner + k]! * step;
            sum += term;
            size += Math.abs(term);
            if (!byTiles) moved += Math.abs(step) * largestBeside[row * inner + k]! * 2 ** -16;
          }
          expect(Math.abs(value - sum)).toBeLessThanOrEqual(size * 2 ** -22 + moved);
        });
      });
    },
  );

  test("a row gives the same bytes alone and among others, of any size", () => {
    const [x, weights] = [tensor([19, 387], 1), quantizeColumns(tensor([387, 1063], 2))];
    const sizesOfRows = Float32Array.from({ length: 19 }, (_, row) => (row % 4 === 0 ? 1 : 10 ** (row - 9)));
    const together = bothLoops(tf.mul(x, tf.reshape(sizesOfRows, [19, 1])), weights);
    for (const row of [0, 4, 8, 16]) {
      const alone = bothLoops(tf.slice(x, [row, 0], [1, 387]), weights);
      alone.forEach((product, loop) => {
        expect(product.dataSync()).toEqual(tf.slice(together[loop]!, [row, 0], [1, 1063]).dataSync());
      });
    }
  });

  test("a row with a number that is not finite gives none that is, a row of zeros zeros, and rows beside them what they are", () => {
    const weights = quantizeColumns(tensor([130, 40], 2));
    const x = tensor([5, 130], 1);
    const given = x.dataSync().slice();
    given[7] = Number.NaN;
    given[130 + 129] = Number.NEGATIVE_INFINITY;
    given.fill(0, 390, 520);
    const expected = bothLoops(x, weights);
    bothLoops(tf.tensor2d(given, [5, 130]), weights).forEach((product, loop) => {
      const [values, others] = [product.dataSync(), expected[loop]!.dataSync()];
      expect(values.subarray(0, 80).some(Number.isFinite)).toBe(false);
      expect(values.subarray(80, 120)).toEqual(others.subarray(80, 120));
      expect(values.subarray(120, 160)).toEqual(new Float32Array(40));
      expect(values.subarray(160)).toEqual(others.subarray(160));
    });
  });

  test("a column of weights with a number that is not finite gives none that is, stored either way", () => {
    const weight = tf.tensor2d([1, Number.NaN, 2, 3, Number.POSITIVE_INFINITY, 4, 5, 6, 7], [3, 3]);
    for (const transposed of [false, true]) {
      const weights = quantizeColumns(transposed ? tf.transpose(weight) : weight, { transposed });
      for (const product of bothLoops(tf.ones([1, 3]), weights)) {
        expect(Array.from(product.dataSync(), Number.isFinite)).toEqual([true, false, true]);
      }
    }
  });

  test("the smallest and the largest numbers of a row keep their size", () => {
    const weights = quantizeColumns(tf.ones([3, 1]));
    for (const largest of [1e-44, 1e-38, 1e-30, 1, 1e30]) {
      for (const product of bothLoops(tf.tensor2d([largest, -largest, largest], [1, 3]), weights))
        expect(Math.abs(product.dataSync()[0]! - largest)).toBeLessThanOrEqual(largest * 1e-6 + 2 ** -126);
    }
  });

  test("sizes that don't fit are refused", () => {
    const weights = quantizeColumns(tensor([8, 3], 1));
    const vector = (size: number) => tf.zeros([size]);
    expect(() => run(tf.zeros([1, 65]), weights)).toThrow(/sizes/);
    expect(() => run(tf.zeros([1, 8]), { ...weights, scales: vector(17) })).toThrow(/sizes/);
    expect(() => int8Linear(tf.zeros([1, 8]), weights, vector(4))).toThrow(/bias/);
    expect(() => int8Linear(tf.zeros([1, 8]), weights, undefined, { residual: tf.zeros([2, 3]) })).toThrow(/residual/);
    const norm = { gain: vector(8), bias: vector(7), epsilon: 1 };
    expect(() => int8Linear(tf.zeros([1, 8]), weights, undefined, { norm })).toThrow(/gain/);
    const update = { a: tf.zeros([2, 7]), b: tf.zeros([3, 2]), scale: 1 };
    expect(() => quantizeColumns(tensor([8, 3], 1), { update })).toThrow(/sizes/);
  });
});
