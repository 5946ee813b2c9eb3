import type { PolicyComparison } from "@cai/evaluation";
import { expect, test } from "vitest";
import { comparisonLines } from "./comparison-lines.ts";

const comparison = {
  prompts: 4,
  settings: { level: 0.9 },
  winRate: 0.625,
  winRateInterval: { wilson: { low: 0.3, high: 0.86 }, bootstrap: { low: 0.25, high: 1 } },
  wins: 2,
  ties: 1,
  losses: 1,
  lengthControlledWinRate: 0.6,
  lengthControlledInterval: { low: 0.2, high: 0.9 },
  meanScore: { policy: 1.5, base: -0.5 },
  scoreDeviation: { policy: 1, base: 2 },
  gain: 1,
  klPerResponse: 2.5,
  klPerToken: 0.1,
  lengthRatio: 1.25,
  distinct2Ratio: 0.9,
  promptCopies: { policy: 0.25, base: 0 },
  bestOfN: [{ n: 8, kl: 1.2044, meanScore: 2, gain: 1.25, winRate: 0.75 }],
} as unknown as PolicyComparison;

test("figures stand beside their names", () => {
  expect(comparisonLines(comparison, { format: "dialogue" })).toEqual([
    "prompts          4, asked as turns of Human and Assistant (format dialogue)",
    "win rate         62.5 %  (90 %: 30.0 to 86.0 %; 2 won, 1 tied, 1 lost on 4 prompts)",
    "at equal length  60.0 %  (90 %: 20.0 to 90.0 %)",
    "judge's score    −0.50 → +1.50, +1.00 deviations of the base's",
    "KL               2.50 nats an answer, 0.100 a token",
    "best of 8        win rate 75.0 %, judge's score +2.00, at 1.20 nats an answer",
    "answers          1.25 times the base's length, 0.90 times its distinct-2, 25.0 % copies of the prompt (base 0.0 %)",
  ]);
});

test("what was not measured is not there", () => {
  const bare = { ...comparison, klPerResponse: null, bestOfN: [], distinct2Ratio: null, gain: null } as PolicyComparison;
  const lines = comparisonLines(bare, { format: "chat" }).join("\n");
  expect(lines).toContain("KL               not measured");
  expect(lines).toContain("– times its distinct-2");
  expect(lines).not.toContain("best of");
});
