import { completionBatch } from "@cai/rollouts";
import { expect, test } from "vitest";
import { answersOf, pairsOf, slopesOfTokens, sumsOfRows } from "./answer-batch.ts";

const pairs = [
  { promptIds: Int32Array.of(1, 2), chosenIds: Int32Array.of(3, 4, 5), rejectedIds: Int32Array.of(6), probability: 1 },
  { promptIds: Int32Array.of(7), chosenIds: Int32Array.of(8), rejectedIds: Int32Array.of(9, 10), probability: 1 },
];

test("all chosen answers stand before all rejected ones, each behind its prompt", () => {
  expect(answersOf(pairs).map(({ promptIds, completionIds }) => [[...promptIds], [...completionIds]])).toEqual([
    [
      [1, 2],
      [3, 4, 5],
    ],
    [[7], [8]],
    [[1, 2], [6]],
    [[7], [9, 10]],
  ]);
  expect(pairsOf([1, 2, 3, 4])).toEqual({ chosen: [1, 2], rejected: [3, 4] });
});

test("a row's numbers add up, and its slope is that of each of its tokens, none of padding's", () => {
  const batch = completionBatch(answersOf(pairs));
  expect(sumsOfRows(batch.responses.mask, batch.responses.shape)).toEqual([3, 1, 1, 2]);
  expect(sumsOfRows(Float32Array.of(-1, -2, 0, -4, 0, 0), [2, 3])).toEqual([-3, -4]);
  expect([...slopesOfTokens([1, 2, 3, 4], batch)]).toEqual([1, 1, 1, 2, 0, 0, 3, 0, 0, 4, 4, 0]);
});
