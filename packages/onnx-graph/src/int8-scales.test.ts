import fc from "fast-check";
import { expect, test } from "vitest";
import { int8Scales } from "./int8-scales.ts";

test("the largest number of each row, or of each column, is 63 scales", () => {
  const matrix = Float32Array.of(63, -31.5, 0, 2);
  expect([...int8Scales({ matrix, shape: [2, 2], perAxis: 0 })]).toEqual([1, Math.fround(2 / 63)]);
  expect([...int8Scales({ matrix, shape: [2, 2], perAxis: 1 })]).toEqual([1, 0.5]);
});

test("a view into a larger array is read as the view", () => {
  const matrix = Float32Array.of(1000, 63, 126, 1000).subarray(1, 3);
  expect([...int8Scales({ matrix, shape: [2, 1], perAxis: 0 })]).toEqual([1, 2]);
});

test("zeros, and numbers too small for a scale with all its digits, have the scale 1", () => {
  expect([...int8Scales({ matrix: Float32Array.of(0, -0, 9e-31, -9e-31), shape: [2, 2], perAxis: 0 })]).toEqual([1, 1]);
  expect([...int8Scales({ matrix: Float32Array.of(1.1e-30), shape: [1, 1], perAxis: 0 })]).toEqual([
    Math.fround(Math.fround(1.1e-30) / 63),
  ]);
});

test("a number that isn't finite spoils its own scale, and no other", () => {
  for (const spoilt of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (const perAxis of [0, 1] as const) {
      const scales = int8Scales({ matrix: Float32Array.of(1, 1, 1, spoilt), shape: [2, 2], perAxis });
      expect([...scales].map(Number.isFinite)).toEqual([true, false]);
    }
  }
});

test("no number is more than 63 scales, and no scale larger than it must be", () => {
  const float = fc.float({ noNaN: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(fc.array(float, { minLength: 6, maxLength: 6 }), fc.constantFrom(0 as const, 1 as const), (numbers, perAxis) => {
      const scales = int8Scales({ matrix: Float32Array.from(numbers), shape: [2, 3], perAxis });
      for (const [group, scale] of scales.entries()) {
        const largest = Math.max(
          ...numbers.filter((_, index) => (perAxis === 0 ? Math.floor(index / 3) : index % 3) === group).map(Math.abs),
        );
        expect(scale).toBe(largest < 1e-30 ? 1 : Math.fround(largest / 63));
      }
    }),
  );
});
