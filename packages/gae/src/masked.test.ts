import { expect, test } from "vitest";
import { GaeError } from "./error.ts";
import { maskedMean, maskedVariance } from "./masked.ts";

const x = Float32Array.of(1, 99, 2, 6, Number.NaN);
const mask = Uint8Array.of(1, 0, 1, 1, 0);

test("mean and variance are over what counts", () => {
  expect(maskedMean({ x, mask })).toBe(3);
  expect(maskedVariance({ x, mask })).toBe((4 + 1 + 9) / 2);
  expect(maskedVariance({ x, mask, unbiased: false })).toBeCloseTo((4 + 1 + 9) / 3, 12);
});

test("one number has variance 0, and none mean and variance 0", () => {
  const one = { x, mask: Uint8Array.of(0, 0, 0, 1, 0) };
  expect([maskedMean(one), maskedVariance(one), maskedVariance({ ...one, unbiased: false })]).toEqual([6, 0, 0]);
  const none = { x, mask: new Uint8Array(5) };
  expect([maskedMean(none), maskedVariance(none), maskedVariance({ ...none, unbiased: false })]).toEqual([0, 0, 0]);
});

test("a large offset costs no digits", () => {
  const far = Float32Array.from({ length: 1000 }, (_, i) => 1e6 + (i % 2));
  expect(maskedVariance({ x: far, mask: new Uint8Array(1000).fill(1), unbiased: false })).toBeCloseTo(0.25, 9);
});

test("arrays of different lengths are refused", () => {
  expect(() => maskedMean({ x, mask: new Uint8Array(4) })).toThrow(GaeError);
  expect(() => maskedVariance({ x, mask: new Uint8Array(4) })).toThrow("mask has 4 numbers, x wants 5");
});
