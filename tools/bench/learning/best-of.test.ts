import { expect, test } from "vitest";
import { bestOf, bestOfKl } from "./best-of.ts";

test("the best of two of 1, 2 and 4 is 2, 4 or 4; of three 4; of one their mean", () => {
  expect(bestOf([[4, 1, 2]], 2)).toBeCloseTo(10 / 3, 12);
  expect(bestOf([[4, 1, 2]], 3)).toBe(4);
  expect(bestOf([[4, 1, 2]], 1)).toBeCloseTo(7 / 3, 12);
});

test("prompts count alike", () => {
  const scores = [
    [0, 1],
    [2, 5],
  ];
  expect(bestOf(scores, 2)).toBe(3);
});

test("more than was drawn is refused", () => {
  expect(() => bestOf([[1, 2]], 3)).toThrow("best of 3 wants as many draws a prompt; there are 2");
});

test("the best of one is no further away than 0, and of eight ln 8 − 7/8 nats", () => {
  expect(bestOfKl(1)).toBe(0);
  expect(bestOfKl(8)).toBeCloseTo(1.2044, 4);
});
