import { readGolden } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { clipFactor, globalNorm } from "./clip.ts";

type Nested = number | readonly Nested[];
interface Case {
  readonly name: string;
  readonly group: string;
  readonly inputs: Readonly<Record<string, Nested>>;
  readonly params: { readonly maxNorm: number };
  readonly expected: Readonly<Record<string, Nested>>;
}
const vectors = readGolden<{ cases: Case[] }>("vectors.json");
const flat = (nested: Nested): number[] => (typeof nested === "number" ? [nested] : nested.flatMap(flat));

onEachBackend(() => {
  test("the norm of (3) and ((4)) together is 5; of nothing it is 0", async () => {
    expect(await globalNorm([tf.tensor1d([3]), tf.tensor2d([[4]])])).toBeCloseTo(5, 6);
    expect(await globalNorm([])).toBe(0);
    expect(await globalNorm([tf.scalar(-2)])).toBeCloseTo(2, 6);
  });

  test("one NaN or infinity anywhere makes it not finite", async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(Number.isFinite(await globalNorm([tf.ones([2, 2]), tf.tensor2d([[1, bad]])]))).toBe(false);
  });

  test("a million times 0.001 has norm 1: no digits are lost on the way", async () => {
    expect(await globalNorm([tf.fill([1000, 1000], 0.001)])).toBeCloseTo(1, 5);
  });

  test("tensors of many sizes count with all their numbers", async () => {
    const sizes = [1, 7, 1000, 65_535, 65_536, 200_001];
    const norm = Math.sqrt(sizes.reduce((sum, size) => sum + 0.25 * size, 0));
    expect(Math.abs((await globalNorm(sizes.map((size) => tf.fill([size], 0.5)))) / norm - 1)).toBeLessThan(1e-6);
  });

  test("leaves no tensors behind", async () => {
    const gradients = [tf.ones([2, 2]), tf.ones([3])];
    const before = tf.memory().numTensors;
    await globalNorm(gradients);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(vectors.cases.filter(({ group }) => group === "clip-grad-norm"))("golden case $name", async ({ inputs, params, expected }) => {
    const norm = await globalNorm(Object.values(inputs).map((values) => tf.tensor1d(flat(values))));
    expect(Math.abs(norm - (expected.totalNorm as number))).toBeLessThan(1e-5 * Math.max(1, norm));
    const factor = clipFactor({ norm, maxNorm: params.maxNorm });
    for (const [name, values] of Object.entries(inputs)) {
      const wanted = flat(expected[name]!);
      flat(values).forEach((value, index) => {
        expect(Math.abs(value * factor - wanted[index]!)).toBeLessThan(1e-5);
      });
    }
  });
});

test("gradients within the limit are left alone", () => {
  expect(clipFactor({ norm: 0.5, maxNorm: 1 })).toBe(1);
  expect(clipFactor({ norm: 0, maxNorm: 1 })).toBe(1);
  expect(clipFactor({ norm: 4, maxNorm: 1 })).toBeCloseTo(0.25, 6);
});

test("a norm that is not finite gives no factor", () => {
  expect(() => clipFactor({ norm: Number.NaN, maxNorm: 1 })).toThrow(/norm is NaN/);
  expect(() => clipFactor({ norm: 1, maxNorm: -1 })).toThrow(/maxNorm is -1/);
});
