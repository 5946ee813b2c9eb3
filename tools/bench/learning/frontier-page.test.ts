import { expect, test } from "vitest";
import { frontierPage } from "./frontier-page.mjs";

const run = { steps: 40, length: 20, cpuSeconds: 30 };
const page = frontierPage({
  best: [
    { n: 1, reward: 0.5, kl: 0 },
    { n: 2, reward: 1, kl: 0.19 },
  ],
  deviation: 1,
  runs: [
    { ...run, algorithm: "ppo", seed: 1, reward: 1.5, kl: 3 },
    { ...run, algorithm: "ppo", seed: 2, reward: 1, kl: 1 },
  ],
});

test("seeds of an algorithm make a row: means, each seed's reward, and how many gained a deviation", () => {
  const row = page.split("\n").find((line) => line.startsWith("| ppo"))!;
  expect(row.split("|").map((cell) => cell.trim())).toEqual([
    "",
    "ppo",
    "40",
    "1.25",
    "1.50 1.00",
    "0.75",
    "2.00",
    "20.0",
    "30",
    "1 of 2",
    "",
  ]);
});

test("best-of-n stands on the same scale", () => {
  expect(page).toMatch(/\| best of 2 +\| +1\.00 \| +0\.50 \| +0\.19 \|/);
});
