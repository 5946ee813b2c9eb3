import { expect, test } from "vitest";
import { compareNumbers, exact, holds, worstOf } from "./compare.ts";

test("the largest difference is the error, and its place is told", () => {
  const comparison = compareNumbers("x", [1, 2.5, 4], [1, 2, 4.25], { limit: 0.1 });
  expect(comparison).toMatchObject({ error: 0.5, where: "x, number 2 of 3: 2.5, expected 2" });
  expect(holds(comparison)).toBe(false);
});

test("a scaled difference is relative above 1 and absolute below", () => {
  expect(compareNumbers("x", 101, 100, { limit: 0.02, scaled: true }).error).toBe(0.01);
  expect(compareNumbers("x", 0.5, 0.25, { limit: 0.02, scaled: true }).error).toBe(0.25);
});

test("with units of its own each number counts in its own, and the worst is the one farthest in them", () => {
  const tolerance = { limit: 1, units: [0.1, 10] };
  expect(compareNumbers("x", [1, 25], [1.0625, 20], tolerance)).toMatchObject({
    error: 0.625,
    where: "x, number 1 of 2: 1, expected 1.0625",
  });
  expect(() => compareNumbers("x", [1], [1], tolerance)).toThrow("1 numbers were computed, 2 expected");
});

test("a computed NaN holds nowhere, also where the undefined is expected", () => {
  expect(holds(compareNumbers("x", Number.NaN, 1, { limit: 1 }))).toBe(false);
  expect(holds(compareNumbers("x", Number.NaN, null, { limit: 1 }))).toBe(false);
  expect(holds(compareNumbers("x", 7, null, { limit: 1 }))).toBe(true);
});

test("masked elements are not compared", () => {
  expect(compareNumbers("x", [1, 99], [[1], [2]], exact, Uint8Array.of(1, 0)).error).toBe(0);
});

test("other lengths are refused, of the numbers and of the mask", () => {
  expect(() => compareNumbers("x", [1, 2], [1], exact)).toThrow("2 numbers were computed, 1 expected");
  expect(() => compareNumbers("x", [1], [1], exact, [1, 1])).toThrow("1 numbers were computed, 2 expected");
});

test("what is no number in the golden file is refused", () => {
  expect(() => compareNumbers("x", [1], undefined, exact)).toThrow("undefined where a number was expected");
});

test("the worst comparison is the one farthest from its own tolerance", () => {
  const loose = compareNumbers("loose", 1, 1.5, { limit: 1 });
  const tight = compareNumbers("tight", 1, 1.125, { limit: 0.1 });
  const wrong = compareNumbers("ids", 3, 4, exact);
  expect(worstOf([loose, tight])).toBe(tight);
  expect(worstOf([wrong, tight])).toBe(wrong);
  expect(() => worstOf([])).toThrow("nothing to compare");
});
