import { expect, test } from "vitest";
import { median } from "./median.mjs";

test("an odd count has its middle, whatever the order", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4])).toBe(4);
});

test("an even count has the mean of the middle two", () => {
  expect(median([3, 1, 2, 10])).toBe(2.5);
});

test("numbers are ordered as numbers, not as text, and the given order is left alone", () => {
  const given = [100, 20, 3];
  expect(median(given)).toBe(20);
  expect(given).toEqual([100, 20, 3]);
});

test("no numbers have no median", () => {
  expect(() => median([])).toThrow("no numbers");
});
