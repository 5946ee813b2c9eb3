import "@tensorflow/tfjs";
import type { KlEstimator } from "@cai/kl";
import { expectGradientsByFiniteDifferences, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { klPenalty as klPenaltyOfArrays } from "./kl-penalty.ts";
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

test("weighted by the ratio, k3 has on average exactly the gradient of KL(new ‖ ref), whatever policy drew the tokens", () => {
  const [old, now, ref] = [
    [0.5, 0.3, 0.2],
    [0.2, 0.5, 0.3],
    [0.6, 0.1, 0.3],
  ] as const;
  const logs = (probabilities: readonly number[]) => Float32Array.from(probabilities, Math.log);
  const whole = { mask: new Uint8Array([1, 1, 1]), shape: [1, 3] as const, aggregation: { divisor: 1 } };
  const given = { newLogprobs: logs(now), refLogprobs: logs(ref), oldLogprobs: logs(old), ...whole };
  const { loss, slopes } = klPenaltyOfArrays({ ...given, estimator: "k3" });
  expect(loss).toBeCloseTo(
    now.reduce((sum, p, i) => sum + (p / old[i]!) * (ref[i]! / p - 1 - Math.log(ref[i]! / p)), 0),
    5,
  );
  // By the logit of token j: Σᵢ oldᵢ · slopeᵢ · (δᵢⱼ − newⱼ); of KL(new ‖ ref) itself: newⱼ (log newⱼ/refⱼ − KL).
  const kl = now.reduce((sum, p, i) => sum + p * Math.log(p / ref[i]!), 0);
  for (const j of [0, 1, 2]) {
    const average = old.reduce((sum, p, i) => sum + p * slopes[i]! * ((i === j ? 1 : 0) - now[j]!), 0);
    expect(average).toBeCloseTo(now[j]! * (Math.log(now[j]! / ref[j]!) - kl), 5);
  }
});

test("an unknown estimator is refused", () => {
  expect(() => penaltyOf(tf.zeros([1, 3]), new Float32Array(3), "k4" as KlEstimator)).toThrow(/pass k1, k2, k3, abs/);
});
