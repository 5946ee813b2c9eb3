import { uniforms } from "@cai/random";
import { expect, test } from "vitest";
import { sigmoid } from "./fit-logistic.ts";
import { lengthControlledWinRate } from "./length-controlled-win-rate.ts";

test("two lengths that differ alike: the logit is halfway between theirs", () => {
  // Longer by 10: 4 of 5 won, logit ln 4. Shorter by 10: 1 of 2, logit 0. Halfway: ln 2, which is 2/3.
  const preferences = [1, 1, 1, 1, 0, 1, 0].map((share) => [share]);
  const lengthDifferences = [10, 10, 10, 10, 10, -10, -10].map((difference) => [difference]);
  expect(lengthControlledWinRate({ preferences, lengthDifferences, ridge: 1e-9 }).winRate).toBeCloseTo(2 / 3, 6);
});

test("where length alone explains the wins, one half is left of them, though the policy wins two thirds", () => {
  // P(win) depends on the length alone; the policy's answers are longer in two of three prompts.
  const count = 1500;
  const [lengths, luck] = ["lengths", "luck"].map((stream) => uniforms({ seed: 11, stream, counters: [], count }));
  const differences = [...lengths!].map((number, i) => (i % 3 === 0 ? -1 : 1) * (20 + 100 * number));
  const preferences = differences.map((difference, i) => [luck![i]! < sigmoid(2 * Math.tanh(difference / 75)) ? 1 : 0]);
  const plain = preferences.flat().reduce((sum, share) => sum + share, 0) / count;
  const { winRate, lengthCoefficient } = lengthControlledWinRate({ preferences, lengthDifferences: differences.map((each) => [each]) });
  expect(plain).toBeGreaterThan(0.58);
  // The rate's standard error is about 0.02 with so many prompts; the draws are always the same.
  expect(Math.abs(winRate - 0.5)).toBeLessThan(0.06);
  expect(lengthCoefficient).toBeGreaterThan(1.5);
});

test("where lengths never differ it is the win rate, but for the penalty", () => {
  const preferences = [[1], [1], [1], [0]];
  for (const difference of [0, 25]) {
    const lengthDifferences = preferences.map(() => [difference]);
    const { winRate, lengthCoefficient } = lengthControlledWinRate({ preferences, lengthDifferences, ridge: 1e-9 });
    expect(winRate).toBeCloseTo(0.75, 8);
    expect(lengthCoefficient).toBe(0);
  }
});

test("all won, and longer each time: finite, and high", () => {
  const preferences = Array.from({ length: 64 }, () => [1]);
  const lengthDifferences = Array.from({ length: 64 }, (_, prompt) => [prompt % 2 === 0 ? 0.5 * prompt : -0.5 * prompt]);
  const { winRate } = lengthControlledWinRate({ preferences, lengthDifferences });
  expect(winRate).toBeGreaterThan(0.99);
  expect(winRate).toBeLessThan(1);
});

test("the comparisons of a prompt share its weight", () => {
  const once = lengthControlledWinRate({ preferences: [[1], [0.5], [0]], lengthDifferences: [[3], [-1], [2]] });
  // Each comparison twice changes neither weights nor coefficients, only the deviation of the lengths a little.
  const twice = lengthControlledWinRate({
    preferences: [[1, 1], [0.5], [0]],
    lengthDifferences: [[3, 3], [-1], [2]],
  });
  expect(Math.abs(once.winRate - twice.winRate)).toBeLessThan(0.02);
});

test("difficulties take up what is theirs: prompts that are always won stay won", () => {
  const preferences = [1, 1, 0.9, 0.1, 0, 0].map((share) => [share]);
  const difficulties = [2, 2, 2, -2, -2, -2];
  const lengthDifferences = [30, -10, 5, 5, 20, -30].map((each) => [each]);
  const { winRate } = lengthControlledWinRate({ preferences, lengthDifferences, difficulties });
  expect(Math.abs(winRate - 0.5)).toBeLessThan(0.05);
});

test("what does not fit together is refused", () => {
  expect(() => lengthControlledWinRate({ preferences: [[1, 0]], lengthDifferences: [[1]] })).toThrow(
    "lengthDifferences of prompt 1 has the length 1, preferences of prompt 1 2: pass as many of each",
  );
  expect(() => lengthControlledWinRate({ preferences: [[2]], lengthDifferences: [[1]] })).toThrow("preferences holds 2 for prompt 1");
  expect(() => lengthControlledWinRate({ preferences: [[1]], lengthDifferences: [[1]], ridge: 0 })).toThrow("ridge is 0");
});
