import { expect, test } from "vitest";
import { logSigmoid, sigmoid } from "./log-sigmoid.ts";

test("log 3 is three to one", () => {
  expect(sigmoid(Math.log(3))).toBeCloseTo(0.75, 14);
  expect(logSigmoid(Math.log(3))).toBeCloseTo(Math.log(0.75), 14);
  expect(sigmoid(0)).toBe(0.5);
});

test("far from 0 nothing overflows, and what is small is no 0", () => {
  expect(sigmoid(-700)).toBeCloseTo(Math.exp(-700), 310);
  expect(sigmoid(-700)).toBeGreaterThan(0);
  expect(logSigmoid(-1e6)).toBe(-1e6);
  expect(logSigmoid(40)).toBe(-Math.exp(-40));
});
