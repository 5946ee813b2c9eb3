import { onWebGpu, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, onTestFinished, test } from "vitest";
import { KernelError } from "./error.ts";
import { halfLinear, halveColumns } from "./half-weights.ts";

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

const largestDifference = (computed: ArrayLike<number>, wanted: readonly number[]) =>
  Math.max(...wanted.map((value, index) => Math.abs(value - computed[index]!)));

await onWebGpu(() => {
  test.each([
    [1, 1, 1],
    [3, 5, 7],
    [9, 40, 66],
    [2, 300, 65],
  ] as const)("%d rows of %d numbers by %d columns: weights of 11 bits, sums of float32, stored either way", async (...shape) => {
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
