import fc from "fast-check";
import { expect, test } from "vitest";
import { GaeError } from "./error.ts";
import { whiten } from "./whiten.ts";

test("what counts gets mean 0 and variance 1, or keeps its mean; the rest becomes 0", () => {
  const x = Float32Array.of(2, 99, 4, 6);
  const mask = Uint8Array.of(1, 0, 1, 1);
  expect([...whiten({ x, mask })]).toEqual([-1, 0, 0, 1]);
  expect([...whiten({ x, mask, keepMean: true })]).toEqual([3, 0, 4, 5]);
  expect([...x]).toEqual([2, 99, 4, 6]);
});

test("epsilon is added to the variance", () => {
  const whitened = whiten({ x: Float32Array.of(2, 4, 6), mask: Uint8Array.of(1, 1, 1), epsilon: 12 });
  expect([...whitened]).toEqual([-0.5, 0, 0.5]);
});

test("a single number becomes 0, or stays itself; of none all are 0", () => {
  const x = Float32Array.of(5, 7);
  expect([...whiten({ x, mask: Uint8Array.of(0, 1) })]).toEqual([0, 0]);
  expect([...whiten({ x, mask: Uint8Array.of(0, 1), keepMean: true })]).toEqual([0, 7]);
  expect([...whiten({ x, mask: new Uint8Array(2), keepMean: true })]).toEqual([0, 0]);
});

test("equal numbers become 0, not NaN", () => {
  expect([...whiten({ x: new Float32Array(3).fill(0.1), mask: new Uint8Array(3).fill(1) })]).toEqual([0, 0, 0]);
});

test("numbers that are equal but for float32's rounding become 0 and not ±1, or stay themselves", () => {
  const million = Float32Array.of(1e6, 1e6 + 0.0625, 1e6 - 0.0625); // units in the last place
  const mask = new Uint8Array(3).fill(1);
  expect([...whiten({ x: million, mask })]).toEqual([0, 0, 0]);
  expect([...whiten({ x: million, mask, keepMean: true })]).toEqual([1e6, 1e6, 1e6]);
  expect([...whiten({ x: Float32Array.of(-3e9, -3e9 - 256), mask: mask.subarray(1) })]).toEqual([0, 0]);
});

test("a spread of more than rounding is a spread, however small beside the mean", () => {
  const whitened = whiten({ x: Float32Array.of(1e6 - 1, 1e6, 1e6 + 1), mask: new Uint8Array(3).fill(1) });
  expect([...whitened]).toEqual([-1, 0, 1]);
});

test("by definition: each number's mean distance to the others, over the root of the mean squared distance of all pairs", () => {
  const entry = fc.record({ number: fc.integer({ min: -4096, max: 4096 }), valid: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(entry, { minLength: 2, maxLength: 20 }), fc.boolean(), (entries, keepMean) => {
      const x = Float32Array.from(entries, ({ number }) => number / 1024);
      const mask = Uint8Array.from(entries, ({ valid }) => (valid > 0 ? 1 : 0));
      const valid = [...x].filter((_, i) => mask[i] === 1);
      const n = valid.length;
      fc.pre(n > 1);
      let squares = 0;
      for (const a of valid) for (const b of valid) squares += (a - b) ** 2;
      const deviation = Math.sqrt(squares / (2 * n * (n - 1)) + 1e-8);
      const mean = valid.reduce((sum, a) => sum + a, 0) / n;
      const whitened = whiten({ x, mask, keepMean });
      for (let i = 0; i < x.length; i++) {
        const distance = valid.reduce((sum, other) => sum + (x[i]! - other), 0) / n;
        const expected = mask[i] === 0 ? 0 : distance / deviation + (keepMean ? mean : 0);
        expect(Math.abs(whitened[i]! - expected)).toBeLessThan(2e-6);
      }
    }),
  );
});

test("arrays of different lengths are refused", () => {
  expect(() => whiten({ x: new Float32Array(2), mask: new Uint8Array(3) })).toThrow(GaeError);
});
