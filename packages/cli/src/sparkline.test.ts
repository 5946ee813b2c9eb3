import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

test("a character a value, from the lowest to the highest", () => {
  expect(sparkline([1, 3, 2], 12)).toBe("▁█▅");
});

test("more values than characters are means of their neighbours", () => {
  expect(sparkline([0, 0, 4, 4, 8, 8], 3)).toBe("▁▅█");
});

test("equal values are a flat line, and what is not finite is left out", () => {
  expect(sparkline([5, 5, Number.NaN, 5], 12)).toBe("▁▁▁");
  expect(sparkline([], 12)).toBe("");
});
