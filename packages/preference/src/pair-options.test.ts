import { expect, test } from "vitest";
import { resolveDpoSettings, resolveRewardSettings, stepsOver } from "./pair-options.ts";

test("defaults are TRL's", () => {
  const shared = { batchSize: 8, epochs: 3, schedule: "linear", weightDecay: 0, maxGradNorm: 1 };
  expect(resolveDpoSettings({})).toMatchObject({ ...shared, learningRate: 1e-6, beta: 0.1, lossType: "sigmoid", labelSmoothing: 0 });
  expect(resolveRewardSettings({})).toMatchObject({ ...shared, learningRate: 1e-4, centerRewardsCoefficient: 0 });
});

test("steps follow from the pairs unless they are told", () => {
  const settings = resolveDpoSettings({ batchSize: 4, epochs: 2 });
  expect(stepsOver(9, settings)).toBe(5);
  expect(stepsOver(9, { ...settings, steps: 100 })).toBe(100);
});

test("options that contradict each other are refused", () => {
  expect(() => resolveDpoSettings({ lossType: "ipo", labelSmoothing: 0.1 })).toThrow("ipo has no labelSmoothing");
  expect(() => resolveDpoSettings({ labelSmoothing: 0.5 })).toThrow("labelSmoothing is 0.5");
  expect(() => resolveRewardSettings({ batchSize: 4, microbatchSize: 3 })).toThrow("not a multiple of microbatchSize 3");
});
