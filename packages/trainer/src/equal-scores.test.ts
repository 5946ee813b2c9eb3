import { expect, test } from "vitest";
import { hasEqualScores } from "./equal-scores.ts";

test("scores are equal where each is that of the others in its group", () => {
  expect(hasEqualScores(Float32Array.of(1, 1, 1, 1))).toBe(true);
  expect(hasEqualScores(Float32Array.of(1, 1, 2, 2))).toBe(false);
  expect(hasEqualScores(Float32Array.of(1, 1, 2, 2), 2)).toBe(true);
  expect(hasEqualScores(Float32Array.of(1, 1, 2, 3), 2)).toBe(false);
  expect(hasEqualScores(Float32Array.of(0.1, 0.1, 0.1))).toBe(true); // whose mean rounds to another number
});

test("a single score is compared with nothing", () => {
  expect(hasEqualScores(Float32Array.of(1))).toBe(false);
  expect(hasEqualScores(Float32Array.of(1, 2), 1)).toBe(false);
});
