import { expect, test } from "vitest";
import { takeTurns } from "./take-turns.mjs";

function program(name: string, log: string[]) {
  let step = 0;
  return {
    next: async () => {
      step++;
      log.push(`${name}${step}`);
      return step;
    },
  };
}

test("programs step in turn, and the first round is dropped", async () => {
  const log: string[] = [];
  const kept = await takeTurns([program("a", log), program("b", log)], { steps: 2 });
  expect(log).toEqual(["a1", "b1", "a2", "b2", "a3", "b3"]);
  expect(kept).toEqual([
    [2, 3],
    [2, 3],
  ]);
});

test("every step is told, the warm-up as round 0", async () => {
  const told: number[][] = [];
  await takeTurns([program("a", [])], { steps: 1, onStep: (...step) => told.push(step) });
  expect(told).toEqual([
    [0, 0, 1],
    [0, 1, 2],
  ]);
});
