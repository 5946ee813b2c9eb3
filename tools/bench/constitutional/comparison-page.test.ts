import { expect, test } from "vitest";
import { comparisonPage, type Run } from "./comparison-page.mjs";

const run = (algorithm: string, seed: number, winRate: number, byProxy?: number): Run => ({
  algorithm,
  seed,
  report: {
    stages: [
      { name: "prefer", seconds: 90 },
      { name: "rl", seconds: 150 },
    ],
    revisionYield: null,
    labelAgreement: algorithm === "revisions" ? null : 0.8,
    rewardAccuracy: algorithm === "revisions" ? null : 0.75,
    winRate,
    winRateInterval: [0.5, 0.9],
    lengthControlledWinRate: winRate - 0.1,
    bestOfN: { 2: 0.6 },
    klPerToken: 0.1,
    klPerResponse: 4 * winRate,
    lengthRatio: 1.1,
    distinct2Ratio: 0.9,
    auditSigns: null,
    seconds: 240,
  },
  figures: {
    gain: 0.5,
    meanLength: { policy: 20, base: 18 },
    promptCopies: { policy: 0, base: 0 },
    bestOfN: [
      { n: 2, kl: 0.19, winRate: seed === 1 ? 0.6 : 0.7, gain: 0.3, ...(byProxy !== undefined && { byProxy: { winRate: byProxy } }) },
    ],
  },
});
const page = comparisonPage([run("ppo", 1, 0.7, 0.55), run("ppo", 2, 0.8, 0.65), run("revisions", 1, 0.5)]);
const rowOf = (name: string) =>
  page
    .split("\n")
    .find((line) => line.startsWith(`| ${name}`))!
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

test("seeds of an algorithm make a row of means, and a row says which seeds it lacks", () => {
  expect(rowOf("ppo")).toEqual(["ppo", "0.750", "0.700 0.800", "0.650", "0.50", "3.00", "0.100", "1.10", "0.90", "0.750", "4"]);
  expect(rowOf("revisions").slice(0, 3)).toEqual(["revisions (seed 1)", "0.500", "0.500"]);
  expect(rowOf("revisions")[9]).toBe("–");
});

test("the base's best of n is counted once a seed, the reward model's choice where there is one", () => {
  expect(rowOf("best of 2")).toEqual(["best of 2", "0.650", "0.600", "0.19"]);
  expect(page).toContain("in 80.0 %, 80.0 % of the pairs");
});
