import { expect, test } from "vitest";
import { changedNumbers } from "./compare-steps.ts";

test("numbers are compared to the last bit, times aside", () => {
  const step = { loss: 0.1, "workers/published_bytes": 9, "time/total": 1, tokens_per_second: 5, kl: null };
  expect(
    changedNumbers(step, { ...step, "time/total": 2, tokens_per_second: 6, kl: Number.NaN, "workers/published_bytes": undefined }),
  ).toEqual([]);
  expect(changedNumbers(step, { ...step, loss: 0.1 + 2 ** -56 })).toEqual([{ name: "loss", was: 0.1, is: 0.1 + 2 ** -56 }]);
});

test("a number that only one of both has differs", () => {
  expect(changedNumbers({ a: 1 }, { b: 2 })).toEqual([
    { name: "a", was: 1, is: null },
    { name: "b", was: null, is: 2 },
  ]);
});
