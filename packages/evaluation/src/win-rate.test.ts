import { uniforms } from "@cai/random";
import { expect, test } from "vitest";
import { pairwisePreferences, winRate } from "./win-rate.ts";

test("a win, a tie and a loss make one half", () => {
  expect(winRate({ policy: [[2], [0], [1]], base: [[1], [0], [3]] })).toEqual({
    winRate: 0.5,
    byPrompt: [1, 0.5, 0],
    wins: 1,
    ties: 1,
    losses: 1,
  });
});

test("each draw is held against each of the other's to the same prompt, and prompts count alike", () => {
  // Prompt 1: 3 beats 1 and 2, 1 ties with 1 and loses to 2: (1 + 1 + ½ + 0) / 4. Prompt 2: lost.
  const { winRate: rate, byPrompt, wins, ties, losses } = winRate({ policy: [[3, 1], [0]], base: [[1, 2], [5]] });
  expect(byPrompt).toEqual([0.625, 0]);
  expect(rate).toBe(0.3125);
  expect([wins, ties, losses]).toEqual([2, 1, 2]);
  expect(pairwisePreferences({ policy: [[3, 1]], base: [[1, 2]] })).toEqual([[1, 1, 0.5, 0]]);
});

test("what is no further apart than the tolerance is a tie", () => {
  const scores = { policy: [[1.0000005], [1.4], [1.6]], base: [[1], [1], [1]] };
  expect(winRate(scores).byPrompt).toEqual([0.5, 1, 1]);
  expect(winRate({ ...scores, tie: 0.5 }).byPrompt).toEqual([0.5, 0.5, 1]);
});

test("two policies' win rates against each other add up to 1, and a policy against itself has one half", () => {
  const draw = (stream: string) =>
    Array.from({ length: 20 }, (_, prompt) =>
      [...uniforms({ seed: 3, stream, counters: [prompt], count: 3 })].map((value) => Math.round(value * 4)),
    );
  const [policy, base] = [draw("policy"), draw("base")];
  expect(winRate({ policy, base }).winRate + winRate({ policy: base, base: policy }).winRate).toBeCloseTo(1, 12);
  expect(winRate({ policy, base: policy }).winRate).toBeCloseTo(0.5, 12);
});

test("what can't be compared is refused", () => {
  expect(() => winRate({ policy: [[1]], base: [[1], [2]] })).toThrow("base has the length 2, policy 1: pass as many of each");
  expect(() => winRate({ policy: [], base: [] })).toThrow("policy has no prompts: pass one at least");
  expect(() => winRate({ policy: [[1], []], base: [[1], [1]] })).toThrow("policy has no draws for prompt 2");
  expect(() => winRate({ policy: [[1]], base: [[Number.NaN]] })).toThrow("base holds NaN for prompt 1: pass finite numbers");
  expect(() => winRate({ policy: [[1]], base: [[1]], tie: -1 })).toThrow("tie is -1: pass a number from 0 on");
});
