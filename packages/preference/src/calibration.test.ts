import { expect, test } from "vitest";
import { expectedCalibrationError, pairCalibrationError } from "./calibration.ts";

test("each bin's gap counts by its share", () => {
  // 0.91 and 0.95: mean 0.93, of which half came true, gap 0.43; 0.2: gap 0.2, one of three.
  const error = expectedCalibrationError({ probabilities: [0.91, 0.95, 0.2], outcomes: [1, 0, 0] });
  expect(error).toBeCloseTo((2 / 3) * 0.43 + (1 / 3) * 0.2, 12);
});

test("within a bin too much and too little cancel; in two bins they don't", () => {
  const given = { probabilities: [0.41, 0.49, 0.51, 0.59], outcomes: [0, 1, 0, 1] };
  expect(expectedCalibrationError({ ...given, bins: 1 })).toBeCloseTo(0, 12);
  expect(expectedCalibrationError({ ...given, bins: 2 })).toBeCloseTo((Math.abs(0.9 - 1) + Math.abs(1.1 - 1)) / 4, 12);
});

test("certainty of 1 is in the last bin, and right where it comes true", () => {
  expect(expectedCalibrationError({ probabilities: [1, 0], outcomes: [1, 0] })).toBe(0);
  expect(expectedCalibrationError({ probabilities: [1, 0], outcomes: [0, 1] })).toBe(1);
});

test("soft outcomes are compared as they are", () => {
  expect(expectedCalibrationError({ probabilities: [0.7], outcomes: [0.7] })).toBe(0);
});

test("what is no probability, or not as many, is refused", () => {
  expect(() => expectedCalibrationError({ probabilities: [1.1], outcomes: [1] })).toThrow("probability 0 is 1.1");
  expect(() => expectedCalibrationError({ probabilities: [1], outcomes: [] })).toThrow("outcomes has 0 numbers");
  expect(() => expectedCalibrationError({ probabilities: [1], outcomes: [1], bins: 0 })).toThrow("bins is 0");
});

test("a lead of log 3 says three of four: right where three of four pairs are labelled so", () => {
  const margin = Math.log(3);
  expect(pairCalibrationError({ margins: [margin, margin, margin, -margin] })).toBeCloseTo(0, 12);
  expect(pairCalibrationError({ margins: [margin, margin] })).toBeCloseTo(0.25, 12);
  expect(pairCalibrationError({ margins: [margin], probability: [0.75] })).toBeCloseTo(0, 12);
});
