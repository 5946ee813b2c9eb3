import { expectTwins, kernelLevel, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linear } from "./linear.ts";
import { matrixProduct } from "./matrix.ts";
import { nativeOps } from "./native-ops.ts";
import { isWorthPacking, packedProduct } from "./packed-product.ts";

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
  const isThere = nativeOps()!.has("CaiMatMul");
  describe.runIf(isThere)("where the level has it", () => {
    // Tiles are 16 × 32 numbers, their blocks 32 × 32; more than 240 slices of depth are not kept at once. Vectors multiply blocks of 6 × 16 or 14 × 32,
    // of at most 320 products; 2²⁰ numbers of the kept side are packed at once, and 96 lines of the streamed one.
    test.each([
      [1, 1, 1],
      [3, 40, 5],
      [33, 70, 19],
      [32, 64, 96],
      [14, 512, 32],
      [100, 33, 130],
      [200, 257, 6],
      [17, 2600, 47],
      [1010, 300, 65],
      [70, 300, 1030],
    ] as const)("[%i, %i] times [.., %i], stored either way, plus a bias is what TensorFlow gives", (rows, inner, columns) => {
      for (const flags of bothWays) {
        const { a, b } = factors([rows, inner, columns], flags);
        const bias = tensor([columns], 3);
        const expected = tf.add(tf.matMul(a, b, flags.transposeA, flags.transposeB), bias).dataSync();
        const product = packedProduct(a, b, { ...flags, bias });
        expect(product.shape).toEqual([rows, columns]);
        product.dataSync().forEach((value, i) => {
          if (!(Math.abs(value - expected[i]!) < 1e-6 * (Math.sqrt(inner) + Math.abs(expected[i]!))))
            expect(value, `${i} ${JSON.stringify(flags)}`).toBe(expected[i]);
        });
      }
    });

    test("products of any sizes, stored either way, are within the error that float32 sums of that many numbers have at most", () => {
      const size = fc.integer({ min: 1, max: 70 });
      fc.assert(
        fc.property(size, fc.integer({ min: 1, max: 600 }), size, fc.constantFrom(...bothWays), (rows, inner, columns, flags) => {
          const shape = [rows, inner, columns] as const;
          const plain = factors(shape, bothWays[0]!);
          const { sums, sizes } = exactProduct(plain.a.dataSync<"float32">(), plain.b.dataSync<"float32">(), shape);
          const a = flags.transposeA ? tf.transpose(plain.a) : plain.a;
          const b = flags.transposeB ? tf.transpose(plain.b) : plain.b;
          const most = (inner + 8) * 2 ** -23; // a rounding a product, and those of the terms of tiles
          return packedProduct(a, b, flags)
            .dataSync()
            .every((value, i) => Math.abs(value - sums[i]!) <= most * sizes[i]!);
        }),
        { numRuns: 40 },
      );
    });

    test.each([64, 768, 3000])("sums of %i products are no further from the exact ones than TensorFlow's float32 sums", (inner) => {
      const shape = [40, inner, 50] as const;
      const { a, b } = factors(shape, bothWays[0]!);
      const { sums, sizes } = exactProduct(a.dataSync<"float32">(), b.dataSync<"float32">(), shape);
      const error = (product: tf.Tensor) =>
        Math.sqrt(product.dataSync<"float32">().reduce((sum, value, i) => sum + ((value - sums[i]!) / sizes[i]!) ** 2, 0) / sums.length);
      const float32 = error(tf.matMul(a, b));
      expect(float32).toBeGreaterThan(0);
      // Two ways to add the same numbers in float32 differ by chance.
      expect(error(packedProduct(a, b, {}))).toBeLessThan(1.25 * float32);
    });

    test("a sum's numbers are added in parts as packedProduct says", () => {
      // 2²⁴ swallows each 1 that is added to it, in the first of four parts of 100. Tiles add 32 products at once.
      if (kernelLevel === "amx") return;
      const row = Float32Array.from({ length: 400 }, (_, k) => (k === 0 ? 2 ** 24 : 1));
      const product = packedProduct(tf.tensor2d(row, [1, 400]), tf.ones([400, 3]), {});
      expect([...product.dataSync()]).toEqual(Array(3).fill(2 ** 24 + 300));
    });

    test("single products are as close as float32 has them, whatever their size", () => {
      const magnitudes = [1e-30, 1e-12, 1, 1e12, 1e30];
      const a = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i + 1) * magnitudes[i % magnitudes.length]!);
      const product = packedProduct(tf.tensor2d(a, [500, 1]), tf.tensor2d([[Math.PI]]), {}).dataSync();
      a.forEach((x, i) => {
        const exact = x * Math.fround(Math.PI);
        expect(Math.abs(product[i]! - exact) / Math.abs(exact)).toBeLessThan(2 ** -22);
      });
    });

    test.each([
      [70, 300, 1030],
      [300, 300, 20],
    ])("a row of [%i, %i] × [.., %i] gives the same bytes alone, and among any number of others", (rows, inner, columns) => {
      const { a, b } = factors([rows, inner, columns], bothWays[0]!);
      const together = packedProduct(a, b, {}).dataSync();
      for (const [row, count] of [[0, 1], [31, 1], [32, 17], [rows - 1, 1]] as const) // biome-ignore format: a line
        expect([...packedProduct(tf.slice(a, [row, 0], [count, inner]), b, {}).dataSync()]).toEqual([
          ...together.subarray(row * columns, (row + count) * columns),
        ]);
    });

    test("NaN stays in its row, an infinity leaves no finite number in its row, and neither touches others", () => {
      const a = tf.concat([tf.fill([1, 20], Number.NaN), tf.fill([1, 20], Number.POSITIVE_INFINITY), tf.ones([1, 20])]);
      const product = packedProduct(a, tensor([20, 40], 2), {}).dataSync();
      expect([...product].map(Number.isFinite)).toEqual([...Array(80).fill(false), ...Array(40).fill(true)]);
    });

    test("large products go this way, small ones and other backends don't", () => {
      const flags = { transposeA: true, transposeB: true };
      const large = factors([256, 200, 128], flags);
      expect(isWorthPacking(large.a, large.b, flags)).toBe(true);
      expect(matrixProduct(large.a, large.b, flags).dataSync()).toEqual(packedProduct(large.a, large.b, flags).dataSync());
      const small = factors([16, 16, 16], flags);
      expect(isWorthPacking(small.a, small.b, flags)).toBe(false);
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
      expect(() => packedProduct(tf.zeros([2, 3]), tf.zeros([4, 2]), {})).toThrow(/inner sizes/);
      expect(() => packedProduct(tf.zeros([2, 3]), tf.zeros([3, 2]), { bias: tf.zeros([3]) })).toThrow(/bias/);
    });
  });
});
