import { expect, test } from "vitest";
import { adjustScores } from "./adjust-scores.ts";
import { RunningMoments } from "./running-moments.ts";

const plain = { missingEosPenalty: 0, rewardScaling: "none", rewardClip: 0 } as const;
const scores = Float32Array.of(1, 2, 3);
const reasons = ["eos", "length", "stop"] as const;

test("scores pass unchanged by default, and the given array is never written to", () => {
  expect(adjustScores(scores, reasons, new RunningMoments(), plain)).toEqual(scores);
  adjustScores(scores, reasons, new RunningMoments(), { missingEosPenalty: 9, rewardScaling: "normalize", rewardClip: 1 });
  expect(scores).toEqual(Float32Array.of(1, 2, 3));
});

test("the penalty falls on every response that did not end its text", () => {
  expect(adjustScores(scores, reasons, new RunningMoments(), { ...plain, missingEosPenalty: 0.5 })).toEqual(Float32Array.of(1, 1.5, 2.5));
});

test("scaling divides by the running deviation, normalizing takes the mean off first", () => {
  // 1, 2, 3 have mean 2 and unbiased deviation 1; then 4, 5, 6: mean 3.5, deviation √3.5.
  const moments = new RunningMoments();
  expect([...adjustScores(scores, reasons, moments, { ...plain, rewardScaling: "normalize" })]).toEqual(
    [-1, 0, 1].map((x) => expect.closeTo(x, 6)),
  );
  const second = adjustScores(Float32Array.of(4, 5, 6), reasons, moments, { ...plain, rewardScaling: "scale" });
  expect([...second]).toEqual([4, 5, 6].map((x) => expect.closeTo(x / Math.sqrt(3.5), 6)));
});

test("clipping comes last", () => {
  expect(adjustScores(Float32Array.of(-9, 0.5, 9), reasons, new RunningMoments(), { ...plain, rewardClip: 2 })).toEqual(
    Float32Array.of(-2, 0.5, 2),
  );
});
