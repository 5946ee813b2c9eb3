import { expect, test } from "vitest";
import { type ScoreKind, scoreOfLogits } from "./score-of-logits.ts";

const score = (logits: number[], label: number, kind: ScoreKind, independent = false) =>
  scoreOfLogits(logits, { label, kind, independent });

test("the logit is the label's own number", () => {
  expect(score([3, -1, 2], 2, "logit")).toBe(2);
  expect(score([3], 0, "logit")).toBe(3);
});

test("log-odds of two labels are the difference of their logits, and their probability is its sigmoid", () => {
  expect(score([3, 1], 0, "log-odds")).toBe(2);
  expect(score([3, 1], 1, "log-odds")).toBe(-2);
  expect(score([3, 1], 0, "probability")).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
});

test("of more labels, log p/(1 − p) and the softmax p", () => {
  const exp = [2, -1, 0.5].map(Math.exp);
  const p = exp[0]! / exp.reduce((sum, value) => sum + value);
  expect(score([2, -1, 0.5], 0, "probability")).toBeCloseTo(p, 12);
  expect(score([2, -1, 0.5], 0, "log-odds")).toBeCloseTo(Math.log(p / (1 - p)), 12);
});

test("a single logit, and labels that don't exclude one another, stand alone", () => {
  expect(score([2], 0, "log-odds")).toBe(2);
  expect(score([2], 0, "probability")).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  expect(score([2, 5], 0, "log-odds", true)).toBe(2);
  expect(score([2, 5], 0, "probability", true)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
});

test("large logits don't overflow", () => {
  expect(score([1000, 0, 999], 0, "log-odds")).toBeCloseTo(1, 9);
  expect(score([-1000, 1000], 0, "probability")).toBe(0);
  expect(score([-1000, 1000], 0, "log-odds")).toBe(-2000);
});
