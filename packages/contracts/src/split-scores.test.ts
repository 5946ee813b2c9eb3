import { expect, test } from "vitest";
import type { GivenScores } from "./reward-model.ts";
import { splitScores } from "./split-scores.ts";

test("numbers are scores without parts", () => {
  const given = Float32Array.of(1, 2);
  expect(splitScores(given)).toEqual({ scores: given, parts: {} });
});

test("of parts alone the scores are the sums, row by row", () => {
  const parts = { warm: [1, 2, 3], short: Float32Array.of(0.5, 0, -1) };
  expect(splitScores({ parts })).toEqual({ scores: [1.5, 2, 2], parts });
});

test("scores beside the parts stand, whatever the parts are", () => {
  expect(splitScores({ scores: [9], parts: { seen: [1] } })).toEqual({ scores: [9], parts: { seen: [1] } });
});

test("what is neither is handed on for the check that follows", () => {
  expect(splitScores({ parts: { a: [1], b: null } } as unknown as GivenScores).scores).toEqual([Number.NaN]);
  for (const given of [null, undefined, 3, { parts: null }] as unknown as GivenScores[])
    expect(splitScores(given)).toEqual({ scores: given, parts: {} });
});
