import { expect, test } from "vitest";
import { pipelinePace } from "./pipeline-pace.ts";

test("the time left follows from the work done so far", () => {
  let now = 0;
  const pace = pipelinePace([{ work: 10 }, { work: 30 }], () => now);
  expect(pace.secondsLeft(0, 0)).toBeUndefined();
  now = 5000;
  expect(pace.secondsLeft(0, 0.5)).toBe(35); // 5 of 40 in 5 s
  now = 10_000;
  expect(pace.secondsLeft(1, 0)).toBe(30);
  expect(pace.secondsLeft(1, 1)).toBe(0);
});

test("a stage that was found done is no work", () => {
  let now = 0;
  const pace = pipelinePace([{ work: 1000 }, { work: 4 }], () => now);
  pace.skip(0);
  now = 3000;
  expect(pace.secondsLeft(1, 0.75)).toBe(1);
});
