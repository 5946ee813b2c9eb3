import { expect, test } from "vitest";
import { slice } from "./slice.ts";

const tensor = { shape: [2, 3], data: Float32Array.of(0, 1, 2, 10, 11, 12) };

test("an index chooses places and ranges, an open end reaching to the last", () => {
  expect(slice(tensor, [1, [0, 2]])).toEqual([10, 11]);
  expect(slice(tensor, [[0, null], 2])).toEqual([2, 12]);
});

test("an index of another rank is refused", () => {
  expect(() => slice(tensor, [1])).toThrow("does not fit the shape [2,3]");
});
