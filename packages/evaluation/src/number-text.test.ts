import { expect, test } from "vitest";
import { numberText, percentText } from "./number-text.ts";

test("figures have a true minus, but not before a 0", () => {
  expect([1.005, -2.5, -0.001, -0.004].map((value) => numberText(value))).toEqual(["1.00", "−2.50", "0.00", "0.00"]);
  expect(numberText(-0.0104, 3)).toBe("−0.010");
});

test("what is not there is a dash", () => {
  expect([null, undefined, Number.NaN, Infinity].map((value) => numberText(value))).toEqual(["–", "–", "–", "–"]);
});

test("shares are percent", () => {
  expect(percentText(0.4375)).toBe("43.8 %");
});
