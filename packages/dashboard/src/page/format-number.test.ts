import { expect, test } from "vitest";
import { formatNumber } from "./format-number.js";

test.each([
  [0, "0"],
  [0.03125, "0.0313"],
  [-1.256, "−1.26"],
  [123.456, "123.5"],
  [12400.4, "12,400"],
  [1.23e-7, "1.2e-7"],
  [-4.56e9, "−4.6e+9"],
  [null, "–"],
  [Number.NaN, "–"],
])("%s is %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});
