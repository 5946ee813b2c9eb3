import { expect, test } from "vitest";
import type { StageRecord } from "./manifest.ts";
import { pipelineReport } from "./pipeline-report.ts";

const record = (name: string, seconds: number, summary: StageRecord["summary"]): StageRecord => ({
  name,
  inputs: "0".repeat(64),
  versions: [],
  state: "done",
  seconds,
  files: {},
  summary,
});
const evaluation = record("evaluate", 3.25, {
  labels: { pairs: 10, agreement: 0.8 },
  winRate: 0.75,
  winRateInterval: { wilson: { low: 0.5, high: 0.9 }, bootstrap: { low: 0.6, high: 0.85 } },
  lengthControlledWinRate: 0.7,
  bestOfN: [
    { n: 2, winRate: 0.6 },
    { n: 8, winRate: 0.9 },
  ],
  klPerToken: 0.1,
  klPerResponse: 2,
  lengthRatio: 1.1,
  distinct2Ratio: null,
});
const audit = record("audit", 0.5, { signs: ["length-drift"] });

test("the report is read out of what the stages told", () => {
  const records = [record("revise", 1.04, { yield: 0.25 }), record("reward", 2, { accuracy: 0.8 }), record("rl", 4, {}), evaluation, audit];
  expect(pipelineReport(records)).toEqual({
    stages: [
      { name: "revise", seconds: 1 },
      { name: "reward", seconds: 2 },
      { name: "rl", seconds: 4 },
      { name: "evaluate", seconds: 3.3 },
      { name: "audit", seconds: 0.5 },
    ],
    revisionYield: 0.25,
    labelAgreement: 0.8,
    rewardAccuracy: 0.8,
    winRate: 0.75,
    winRateInterval: [0.6, 0.85],
    lengthControlledWinRate: 0.7,
    bestOfN: { 2: 0.6, 8: 0.9 },
    klPerToken: 0.1,
    klPerResponse: 2,
    lengthRatio: 1.1,
    distinct2Ratio: null,
    auditSigns: ["length-drift"],
    seconds: 10.8,
  });
});

test("without a reward model the accuracy is that of the policy's implicit reward", () => {
  const report = pipelineReport([record("prefer", 1, {}), record("rl", 4, { accuracy: 0.65 }), evaluation]);
  expect(report).toMatchObject({ rewardAccuracy: 0.65, revisionYield: null, auditSigns: null });
});
