import fc from "fast-check";
import { expect, test } from "vitest";
import { KlError } from "./error.ts";
import type { KlEstimator } from "./estimators.ts";
import { fullKl } from "./full-kl.ts";
import { tokenKl } from "./token-kl.ts";

const one = Uint8Array.of(1);
const estimate = (difference: number, estimator: KlEstimator, options = {}) =>
  tokenKl({ logprobs: Float32Array.of(difference), refLogprobs: Float32Array.of(0), mask: one, estimator, ...options })[0]!;

test("the four estimates of a log-ratio of 2, and of −2", () => {
  expect(estimate(2, "k1")).toBe(2);
  expect(estimate(2, "k2")).toBe(2);
  expect(estimate(2, "k3")).toBeCloseTo(Math.exp(-2) - 1 + 2, 6);
  expect(estimate(2, "abs")).toBe(2);
  expect(estimate(-2, "k1")).toBe(-2);
  expect(estimate(-2, "k2")).toBe(2);
  expect(estimate(-2, "k3")).toBeCloseTo(Math.exp(2) - 1 - 2, 6);
  expect(estimate(-2, "abs")).toBe(2);
});

test("k1 is the default", () => {
  expect([...tokenKl({ logprobs: Float32Array.of(-1), refLogprobs: Float32Array.of(-3), mask: one })]).toEqual([2]);
});

test("the log-ratio is clamped first, the estimate last", () => {
  expect(estimate(-30, "k3", { logRatioClamp: 2 })).toBeCloseTo(Math.exp(2) - 3, 6);
  expect(estimate(-30, "k3", { logRatioClamp: 20, outputClamp: 10 })).toBe(10);
  expect(estimate(-30, "k1", { outputClamp: 10 })).toBe(-10);
});

test("k3 of a tiny log-ratio keeps its digits", () => {
  const difference = 2 ** -20;
  expect(estimate(difference, "k3") / (difference ** 2 / 2)).toBeCloseTo(1, 4);
});

test("padding is 0, whatever stands under it", () => {
  const kl = tokenKl({
    logprobs: Float32Array.of(-1, Number.NaN, -Infinity),
    refLogprobs: Float32Array.of(-2, 0, -Infinity),
    mask: Uint8Array.of(1, 0, 0),
    estimator: "k3",
  });
  expect([...kl]).toEqual([Math.fround(Math.exp(-1)), 0, 0]);
});

test("averaged over the policy's own tokens, k1 and k3 are the exact divergence", () => {
  const logits = fc.float32Array({ minLength: 5, maxLength: 5, min: -4, max: 4, noNaN: true });
  fc.assert(
    fc.property(logits, logits, (policy, reference) => {
      const exact = fullKl({ logits: policy, refLogits: reference, shape: [1, 5] }).kl[0]!;
      const [logprobs, refLogprobs] = [logSoftmax(policy), logSoftmax(reference)];
      const mask = new Uint8Array(5).fill(1);
      for (const estimator of ["k1", "k3"] as const) {
        const kl = tokenKl({ logprobs, refLogprobs, mask, estimator });
        const mean = kl.reduce((sum, k, token) => sum + Math.exp(logprobs[token]!) * k, 0);
        expect(Math.abs(mean - exact)).toBeLessThan(1e-5 * Math.max(1, exact));
      }
    }),
  );
});

test("k2, k3 and abs are never negative, and 0 for equal log-probabilities", () => {
  const difference = fc.float({ min: -20, max: 20, noNaN: true });
  fc.assert(
    fc.property(difference, fc.constantFrom("k2", "k3", "abs"), (d, estimator) => {
      expect(estimate(d, estimator)).toBeGreaterThanOrEqual(0);
      expect(estimate(0, estimator)).toBe(0);
    }),
  );
});

test("bad input is refused", () => {
  const two = Float32Array.of(0, 0);
  expect(() => tokenKl({ logprobs: two, refLogprobs: two, mask: one })).toThrow(KlError);
  expect(() => tokenKl({ logprobs: two, refLogprobs: Float32Array.of(0), mask: new Uint8Array(2) })).toThrow("refLogprobs has 1 numbers");
  expect(() => estimate(0, "k4" as KlEstimator)).toThrow("estimator is k4: pass one of k1, k2, k3, abs");
  expect(() => estimate(0, "k1", { logRatioClamp: 0 })).toThrow("logRatioClamp is 0");
  expect(() => estimate(0, "k1", { outputClamp: Number.NaN })).toThrow("outputClamp is NaN");
});

function logSoftmax(logits: Float32Array): Float32Array {
  const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return logits.map((logit) => logit - logSum);
}
