import { expect, test } from "vitest";
import { describePipeline } from "./pipeline-text.ts";

const report = {
  stages: [{ name: "rl", seconds: 60 }],
  revisionYield: null,
  labelAgreement: 0.8,
  rewardAccuracy: 0.75,
  winRate: 0.7,
  winRateInterval: [0.6, 0.8] as const,
  lengthControlledWinRate: 0.68,
  bestOfN: { 2: 0.6, 8: 0.85 },
  klPerToken: 0.05,
  klPerResponse: 1.25,
  lengthRatio: 1.1,
  distinct2Ratio: 0.97,
  auditSigns: ["length-drift"],
  seconds: 61,
};

test("a report is a line for each figure that there is, and where the products lie", () => {
  expect(describePipeline(report, "runs/a").split("\n")).toEqual([
    "win rate                          70.0 % (60.0 % to 80.0 %), 68.0 % with length controlled",
    "best of n of the base             2: 60.0 %, 8: 85.0 %",
    "KL                                0.050 nats a token, 1.25 an answer",
    "length, against the base          1.10",
    "variety (distinct-2)              0.97 of the base's",
    "labels that agree with the judge  80.0 %",
    "accuracy on held-out pairs        75.0 %",
    "signs of over-optimisation        length-drift",
    "time                              1 min 1 s",
    "",
    "The policy is in runs/a/rl/final, samples side by side in runs/a/evaluate/index.html",
  ]);
});

test("a policy that learned from revisions alone lies in that stage's folder", () => {
  const lines = describePipeline({ ...report, stages: [{ name: "sft", seconds: 60 }], auditSigns: [] }, "runs/b");
  expect(lines).toMatch(/^signs of over-optimisation +none shows$/m);
  expect(lines).toContain("The policy is in runs/b/sft/final,");
});
