import { expect, test } from "vitest";
import { lengthRatio } from "./length-ratio.ts";

test("means over means, of as many as there are", () => {
  expect(lengthRatio({ policy: [30, 50], base: [10, 30] })).toBe(2);
  expect(lengthRatio({ policy: [6], base: [10, 14] })).toBe(0.5);
});

test("without a length there is no ratio", () => {
  expect(() => lengthRatio({ policy: [1], base: [] })).toThrow("lengths have the ratio NaN");
  expect(() => lengthRatio({ policy: [1], base: [0] })).toThrow("lengths have the ratio Infinity");
});
