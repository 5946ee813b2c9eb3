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

test("the penalty falls on every response that was cut, a stop token is an end too", () => {
  expect(adjustScores(scores, reasons, new RunningMoments(), { ...plain, missingEosPenalty: 0.5 })).toEqual(Float32Array.of(1, 1.5, 3));
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

test.each([1, -3, 0, 1e-6])("while all scores are %d they are neither blown up nor lost, until one differs", (score) => {
  const equal = new Float32Array(4).fill(score);
  const reasonsOfFour = Array.from(equal, () => "eos" as const);
  const moments = new RunningMoments();
  const adjust = (scores: Float32Array, rewardScaling: "scale" | "normalize") =>
    adjustScores(scores, reasonsOfFour, moments, { ...plain, rewardScaling });
  expect(adjust(equal, "scale")).toEqual(equal);
  expect(adjust(equal, "normalize")).toEqual(new Float32Array(4));
  // Eight equal numbers, and then four of which two are one more and two one less: variance 4/11.
  const spread = Float32Array.of(score - 1, score + 1, score - 1, score + 1);
  const scaled = adjust(spread, "scale");
  expect([...scaled]).toEqual([...spread].map((x) => expect.closeTo(x / Math.sqrt(4 / 11), 5)));
});

test("clipping comes last", () => {
  expect(adjustScores(Float32Array.of(-9, 0.5, 9), reasons, new RunningMoments(), { ...plain, rewardClip: 2 })).toEqual(
    Float32Array.of(-2, 0.5, 2),
  );
});
