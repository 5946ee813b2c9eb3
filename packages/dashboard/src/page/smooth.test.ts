import { expect, test } from "vitest";
import { smooth } from "./smooth.js";

test("by hand: (1·½ + 3) / (½ + 1), then (3.5·½ + 4) / (1.5·½ + 1)", () => {
  expect(smooth([1, 3, 4], 0.5)).toEqual([1, 3.5 / 1.5, 5.75 / 1.75]);
});

test("a constant stays what it is from the beginning on, gaps stay gaps, and weight 0 changes nothing", () => {
  for (const value of smooth([7, 7, null, 7, 7], 0.9).filter((value) => value !== null)) expect(value).toBeCloseTo(7, 12);
  expect(smooth([7, null, 9], 0)).toEqual([7, null, 9]);
  expect(smooth([null, null], 0.5)).toEqual([null, null]);
});
