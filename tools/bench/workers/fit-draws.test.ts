import { expect, test } from "vitest";
import { drawSeconds, fitDraws } from "./fit-draws.ts";

const costs = { call: 0.1, row: 0.02, token: 0.5, rowToken: 0.03 };

test("a job waits for its longest row, and pays for each token of each", () => {
  expect(drawSeconds(costs, [2, 4])).toBeCloseTo(0.1 + 2 * 0.02 + 4 * 0.5 + 6 * 0.03, 12);
});

test("calls that cost what the four numbers say give the four numbers back", () => {
  const draws = [1, 2, 4].map((rows) => {
    const secondsFor = (tokens: number) => drawSeconds(costs, Array(rows).fill(tokens));
    return { rows, tokens: 9, oneTokenSeconds: secondsFor(1), seconds: secondsFor(9) };
  });
  const { worstFit, ...found } = fitDraws(draws);
  for (const [name, value] of Object.entries(costs)) expect(found[name as keyof typeof found]).toBeCloseTo(value, 9);
  expect(worstFit).toBeLessThan(1e-9);
});

test("what fits no line is told", () => {
  const draws = [1, 2, 3].map((rows) => ({ rows, tokens: 11, oneTokenSeconds: 1, seconds: rows === 2 ? 21 : 11 }));
  expect(fitDraws(draws).worstFit).toBeGreaterThan(0.2);
});
