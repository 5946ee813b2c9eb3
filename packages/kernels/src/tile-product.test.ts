import { expectTwins, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { linear } from "./linear.ts";
import { matrixProduct } from "./matrix.ts";
import { nativeOps } from "./native-ops.ts";
import { isForTiles, tileProduct } from "./tile-product.ts";

const bothWays = [
  { transposeA: false, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: false },
  { transposeA: true, transposeB: true },
];

/** a [rows, inner] and b [inner, columns], stored as the flags say. */
function factors([rows, inner, columns]: readonly [number, number, number], { transposeA, transposeB }: (typeof bothWays)[number]) {
  return {
    a: tensor(transposeA ? [inner, rows] : [rows, inner], 1),
    b: tensor(transposeB ? [columns, inner] : [inner, columns], 2),
  };
}

/** Of each element the sum in float64, and that of the absolute products. */
function exactProduct(a: Float32Array, b: Float32Array, [rows, inner, columns]: readonly [number, number, number]) {
  const sums = new Float64Array(rows * columns);
  const sizes = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++)
      for (let j = 0; j < columns; j++) {
        const product = a[i * inner + k]! * b[k * columns + j]!;
        sums[i * columns + j]! += product;
        sizes[i * columns + j]! += Math.abs(product);
      }
  return { sums, sizes };
}

onNativeKernels(() => {
  const hasTiles = nativeOps()!.has("CaiTileMatMul");
  describe.runIf(hasTiles)("where the processor has tiles", () => {
    // Tiles are 16 × 32 numbers, blocks 32 × 32; more than 240 slices of depth are not kept at once.
    test.each([
      [1, 1, 1],
      [3, 40, 5],
      [33, 70, 19],
      [32, 64, 96],
      [100, 33, 130],
      [17, 2600, 47],
      [1010, 300, 65],
      [70, 300, 1030],
    ] as const)("[%i, %i] times [.., %i], stored either way, plus a bias is what TensorFlow gives", (rows, inner, columns) => {
      for (const flags of bothWays) {
        const { a, b } = factors([rows, inner, columns], flags);
        const bias = tensor([columns], 3);
        const expected = tf.add(tf.matMul(a, b, flags.transposeA, flags.transposeB), bias).dataSync();
        const product = tileProduct(a, b, { ...flags, bias });
        expect(product.shape).toEqual([rows, columns]);
        product.dataSync().forEach((value, i) => {
          if (!(Math.abs(value - expected[i]!) < 1e-6 * (Math.sqrt(inner) + Math.abs(expected[i]!))))
            expect(value, `${i} ${JSON.stringify(flags)}`).toBe(expected[i]);
        });
      }
    });

    test.each([64, 768, 3000])("sums of %i products are no further from the exact ones than TensorFlow's float32 sums", (inner) => {
      const shape = [40, inner, 50] as const;
      const { a, b } = factors(shape, bothWays[0]!);
      const { sums, sizes } = exactProduct(a.dataSync<"float32">(), b.dataSync<"float32">(), shape);
      const error = (product: tf.Tensor) =>
        Math.sqrt(product.dataSync<"float32">().reduce((sum, value, i) => sum + ((value - sums[i]!) / sizes[i]!) ** 2, 0) / sums.length);
      const float32 = error(tf.matMul(a, b));
      expect(float32).toBeGreaterThan(0);
      expect(error(tileProduct(a, b, {}))).toBeLessThan(float32);
    });

    test("single products are as close as float32 has them, whatever their size", () => {
      const magnitudes = [1e-30, 1e-12, 1, 1e12, 1e30];
      const a = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i + 1) * magnitudes[i % magnitudes.length]!);
      const product = tileProduct(tf.tensor2d(a, [500, 1]), tf.tensor2d([[Math.PI]]), {}).dataSync();
      a.forEach((x, i) => {
        const exact = x * Math.fround(Math.PI);
        expect(Math.abs(product[i]! - exact) / Math.abs(exact)).toBeLessThan(2 ** -22);
      });
    });

    test("a row gives the same bytes alone, and among any number of others", () => {
      const { a, b } = factors([70, 300, 1030], bothWays[0]!);
      const together = tileProduct(a, b, {}).dataSync();
      for (const row of [0, 31, 32, 69])
        expect([...tileProduct(tf.slice(a, [row, 0], [1, 300]), b, {}).dataSync()]).toEqual([
          ...together.subarray(row * 1030, (row + 1) * 1030),
        ]);
    });

    test("NaN stays in its row, an infinity leaves no number in its row, and neither touches others", () => {
      const a = tf.concat([tf.fill([1, 20], Number.NaN), tf.fill([1, 20], Number.POSITIVE_INFINITY), tf.ones([1, 20])]);
      const product = tileProduct(a, tensor([20, 40], 2), {}).dataSync();
      expect([...product].map(Number.isFinite)).toEqual([...Array(80).fill(false), ...Array(40).fill(true)]);
    });

    test("large products go this way, small ones and other backends don't", () => {
      const flags = { transposeA: true, transposeB: true };
      const large = factors([256, 200, 128], flags);
      expect(isForTiles(large.a, large.b, flags)).toBe(true);
      expect(matrixProduct(large.a, large.b, flags).dataSync()).toEqual(tileProduct(large.a, large.b, flags).dataSync());
      const small = factors([16, 16, 16], flags);
      expect(isForTiles(small.a, small.b, flags)).toBe(false);
    });

    test.each([false, true])("a linear layer of many rows goes this way, and its gradients do; transposed %s", (transposed) => {
      const inputs = [tensor([70, 300], 1), tensor(transposed ? [400, 300] : [300, 400], 2), tensor([400], 3)];
      expectTwins(
        (x, weight, bias) => linear(x!, weight!, bias, { transposed }),
        (x, weight, bias) => tf.add(tf.matMul(x!, weight!, false, transposed), bias!),
        inputs,
      );
    });

    test("sizes that don't fit are refused", () => {
      expect(() => tileProduct(tf.zeros([2, 3]), tf.zeros([4, 2]), {})).toThrow(/inner sizes/);
      expect(() => tileProduct(tf.zeros([2, 3]), tf.zeros([3, 2]), { bias: tf.zeros([3]) })).toThrow(/bias/);
    });
  });
});
