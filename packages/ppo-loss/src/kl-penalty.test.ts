import "@tensorflow/tfjs";
import type { KlEstimator } from "@cai/kl";
import { expectGradientsByFiniteDifferences, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { klPenalty } from "./tfjs.ts";

const estimators: readonly KlEstimator[] = ["k1", "k2", "k3", "abs"];
const penaltyOf = (newLogprobs: tf.Tensor, refLogprobs: Float32Array, estimator: KlEstimator) =>
  klPenalty({ newLogprobs, refLogprobs, mask: new Uint8Array([1, 1, 0]), shape: [1, 3], estimator });

test.each([
  ["k1", (-2 + 1) / 2],
  ["k2", (2 + 0.5) / 2],
  ["k3", (Math.exp(2) - 3 + Math.exp(-1)) / 2],
  ["abs", 1.5],
] as const)("%s of the differences -2 and 1, the third one masked", (estimator, expected) => {
  const penalty = penaltyOf(tf.tensor2d([[-5, -1, 7]]), new Float32Array([-3, -2, 0]), estimator);
  expect(penalty.dataSync()[0]).toBeCloseTo(expected, 6);
});

test.each(estimators)("the gradient of %s agrees with finite differences", (estimator) => {
  const refLogprobs = new Float32Array([0.5, -0.5, 0]);
  expectGradientsByFiniteDifferences((newLogprobs) => penaltyOf(newLogprobs!, refLogprobs, estimator), [tensor([1, 3], 4)]);
});

test("an unknown estimator is refused", () => {
  expect(() => penaltyOf(tf.zeros([1, 3]), new Float32Array(3), "k4" as KlEstimator)).toThrow(/pass k1, k2, k3, abs/);
});
