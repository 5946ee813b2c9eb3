import { uniforms } from "@cai/random";
import { expect, test } from "vitest";
import { bestOfN, bestOfNKl } from "./best-of-n.ts";

test("the best of two of 1, 2 and 4 is 2, 4 or 4; of three 4; of one their mean", () => {
  const scores = [[4, 1, 2]];
  expect(bestOfN({ scores, n: 2 })).toBeCloseTo(10 / 3, 12);
  expect(bestOfN({ scores, n: 3 })).toBe(4);
  expect(bestOfN({ scores, n: 1 })).toBeCloseTo(7 / 3, 12);
});

test("prompts count alike", () => {
  const scores = [
    [0, 1],
    [2, 5],
  ];
  expect(bestOfN({ scores, n: 2 })).toBe(3);
});

test("one judge chooses, what another gives to the chosen counts", () => {
  // Of {1, 2}, {1, 4} and {2, 4} the second is chosen: −2, −9, −9.
  expect(bestOfN({ scores: [[4, 1, 2]], values: [[-9, -1, -2]], n: 2 })).toBeCloseTo(-20 / 3, 12);
});

test("where several have the best score, any of them may be chosen", () => {
  // Of {a, b} either, of {a, c} and {b, c} the one of a and b: all in all 3/2 a and 3/2 b of 3.
  expect(bestOfN({ scores: [[7, 7, 1]], values: [[10, 20, 0]], n: 2 })).toBeCloseTo(15, 12);
  expect(bestOfN({ scores: [[7, 1, 7]], values: [[20, 0, 10]], n: 2 })).toBeCloseTo(15, 12);
});

test("it is the mean over all choices", () => {
  const drawn = [...uniforms({ seed: 2, stream: "scores", counters: [], count: 6 })];
  const choices = Array.from({ length: 64 }, (_, bits) => drawn.filter((_, i) => bits & (1 << i)));
  for (const n of [1, 2, 3, 4, 5, 6]) {
    const best = choices.filter(({ length }) => length === n).map((chosen) => Math.max(...chosen));
    expect(bestOfN({ scores: [drawn], n })).toBeCloseTo(best.reduce((sum, value) => sum + value, 0) / best.length, 12);
  }
});

test("more than was drawn is refused", () => {
  expect(() => bestOfN({ scores: [[1, 2]], n: 3 })).toThrow("best of 3 wants as many draws a prompt; there are 2");
  expect(() => bestOfN({ scores: [[1, 2]], n: 0 })).toThrow("n is 0: pass a whole number from 1 on");
});

test("the best of one is no further away than 0, and of eight ln 8 − 7/8 nats", () => {
  expect(bestOfNKl(1)).toBe(0);
  expect(bestOfNKl(8)).toBeCloseTo(1.2044, 4);
});
