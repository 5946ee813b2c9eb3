import { onWebGpu, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { KernelError } from "./error.ts";
import { halfLinear, halveColumns } from "./half-weights.ts";
import { webGpuOps } from "./webgpu-ops.ts";

/** The nearest number of half precision, for numbers from 2⁻¹⁴ to 2¹⁵: 11 bits, ties to even. */
function nearestHalf(value: number): number {
  if (value === 0) return 0;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  const below = Math.floor(value / unit);
  const behind = value / unit - below;
  const isUp = behind > 0.5 || (behind === 0.5 && below % 2 !== 0);
  return (below + (isUp ? 1 : 0)) * unit;
}

/** x·W, W rounded, in float64. */
function expectedProduct(
  x: ArrayLike<number>,
  weight: (k: number, n: number) => number,
  [rows, size, columns]: readonly [number, number, number],
) {
  const rounded = Array.from({ length: size }, (_, k) => Array.from({ length: columns }, (_, n) => nearestHalf(weight(k, n))));
  return Array.from({ length: rows * columns }, (_, cell) => {
    const [row, n] = [Math.floor(cell / columns), cell % columns];
    return rounded.reduce((sum, weights, k) => sum + x[row * size + k]! * weights[n]!, 0);
  });
}

/** Σ|x·W| of each cell, by which rounding errors of products and of their sums are measured. */
const sizesOf = (x: ArrayLike<number>, weight: (k: number, n: number) => number, shape: readonly [number, number, number]) =>
  expectedProduct(Array.from(x, Math.abs), (k, n) => Math.abs(weight(k, n)), shape);

/** The test's device computes in half precision, or not, until the test ends. */
function setHalves(computesHalves: boolean): void {
  const before = webGpuOps()!.computesHalves;
  onTestFinished(() => tf.env().set("CAI_WEBGPU_HALVES", before));
  tf.env().set("CAI_WEBGPU_HALVES", computesHalves);
}

const largestDifference = (computed: ArrayLike<number>, wanted: readonly number[]) =>
  Math.max(...wanted.map((value, index) => Math.abs(value - computed[index]!)));

const shapes = [
  [1, 1, 1],
  [3, 5, 7],
  [9, 40, 66],
  [2, 300, 65],
] as const;

await onWebGpu(() => {
  test.each(shapes)("%d rows of %d numbers by %d columns: weights of 11 bits, sums of float32, stored either way", async (...shape) => {
    setHalves(false);
    const [rows, size, columns] = shape;
    const [x, weight, bias] = [tensor([rows, size], 1, 2), tensor([size, columns], 2, 3), tensor([columns], 3)];
    const values = await weight.data();
    const product = expectedProduct(await x.data(), (k, n) => values[k * columns + n]!, shape);
    const offsets = await bias.data();
    const wanted = product.map((value, cell) => value + offsets[cell % columns]!);
    for (const weights of [halveColumns(weight), halveColumns(tf.transpose(weight), { transposed: true })]) {
      const y = halfLinear(x, weights, bias);
      expect(y.shape).toEqual([rows, columns]);
      expect(largestDifference(await y.data(), wanted)).toBeLessThan(1e-4);
    }
  });

  describe.runIf(webGpuOps()!.computesHalves)("where shaders compute in half precision", () => {
    test.each(shapes)("%d rows of %d numbers by %d columns: no further off than rounding to 11 bits allows", async (...shape) => {
      const [rows, size, columns] = shape;
      const [x, weight] = [tensor([rows, size], 1, 2), tensor([size, columns], 2, 3)];
      const [numbers, values] = [await x.data(), await weight.data()];
      const at = (k: number, n: number) => values[k * columns + n]!;
      const y = await halfLinear(x, halveColumns(weight)).data();
      const [wanted, sizes] = [expectedProduct(numbers, at, shape), sizesOf(numbers, at, shape)];
      const off = wanted.map((value, cell) => Math.abs(value - y[cell]!) / sizes[cell]!);
      expect(Math.max(...off)).toBeLessThan(2 ** -9);
      if (size > 1) expect(Math.max(...off)).toBeGreaterThan(2 ** -20); // of float32 it would be less
    });

    test("numbers far beyond half precision, and far below, are scaled row by row; the largest weights don't overflow", async () => {
      const weights = halveColumns(tf.fill([64, 2], 60_000));
      const rows = [1e30, 1e-20, 1, 0].map((value) => Array.from({ length: 64 }, () => value));
      const y = await halfLinear(tf.tensor2d(rows), weights).data();
      for (const [row, [value]] of rows.entries()) expect(y[2 * row]! / (value || 1)).toBeCloseTo(value === 0 ? 0 : 64 * 60_000, -4);
    });
  });

  test("a transposed weight that no binding holds is packed in parts, and an update is rounded with the weight", async () => {
    const [size, columns] = [5, 200];
    const [x, weight] = [tensor([2, size]), tf.add(tensor([columns, size], 2), 0)];
    const update = { a: tensor([2, size], 3), b: tensor([columns, 2], 4), scale: 0.5 };
    const whole = await halfLinear(x, halveColumns(weight, { transposed: true })).data();
    const updated = await halfLinear(x, halveColumns(weight, { transposed: true, update })).data();
    const merged = tf.add(weight, tf.mul(tf.matMul(update.b as tf.Tensor2D, update.a as tf.Tensor2D), update.scale));
    const before = tf.env().getNumber("CAI_WEBGPU_BINDING_BYTES");
    onTestFinished(() => tf.env().set("CAI_WEBGPU_BINDING_BYTES", before));
    tf.env().set("CAI_WEBGPU_BINDING_BYTES", 1500);
    expect(largestDifference(await halfLinear(x, halveColumns(weight, { transposed: true })).data(), [...whole])).toBe(0);
    tf.env().set("CAI_WEBGPU_BINDING_BYTES", before);
    const wanted = await halfLinear(x, halveColumns(merged, { transposed: true })).data();
    expect(largestDifference(updated, [...wanted])).toBeLessThan(5e-3); // a sum next to the middle of two halves goes to either
  });

  test("elsewhere there is no half precision", async () => {
    await tf.setBackend("cpu");
    const error = await Promise.resolve()
      .then(() => halveColumns(tf.ones([2, 2])))
      .catch((error: unknown) => error);
    await tf.setBackend("webgpu");
    expect(KernelError.isInstance(error) && error.code).toBe("no-webgpu");
  });
});
