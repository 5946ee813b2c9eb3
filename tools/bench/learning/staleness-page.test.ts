import { expect, test } from "vitest";
import { stalenessPage } from "./staleness-page.mjs";

test("seeds of a K make a row: means, and each seed's reward; without late answers nothing differs", () => {
  const run = { steps: 45, seed: 1, kl: 3, reward: 1.5 };
  const late = { staleness: 4, logprobDifference: 0.1, capped: 0.001 };
  const rows = stalenessPage([run, { ...run, ...late }, { ...run, ...late, seed: 2, reward: 1, kl: 4, logprobDifference: 0.2 }])
    .split("\n")
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  expect(rows).toEqual([
    ["", "0", "1.50", "1.50", "3.00", "0.000", "0.0000", ""],
    ["", "4", "1.25", "1.50 1.00", "3.50", "0.150", "0.0010", ""],
  ]);
});
