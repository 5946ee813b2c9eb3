import { type SequenceBatch, selectSequences } from "@cai/contracts";
import { expect, test } from "vitest";
import { minibatchesOf } from "./minibatches.ts";

/** Six rows of two columns, whose ids tell which row it is. */
const batch = (mask: readonly number[]): SequenceBatch => {
  const tokens = { ids: Int32Array.from({ length: 12 }, (_, cell) => cell >> 1), mask: Uint8Array.from(mask), shape: [6, 2] as const };
  return { prompts: tokens, responses: tokens };
};
const rowsOf = ({ responses }: SequenceBatch) => [...responses.ids].filter((_, cell) => cell % 2 === 0);
const sizes = { seed: 1, step: 1, epochs: 1, minibatchSize: 4, microbatchSize: 2 };

test("the first epoch visits the rows as they came, and losses divide by what the optimizer step has", () => {
  const steps = [...minibatchesOf(batch([1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1]), selectSequences, { ...sizes, minibatchSize: 0 })];
  expect(steps.map(({ microbatches }) => microbatches.map(rowsOf))).toEqual([
    [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
  ]);
  expect(steps.map(({ denominators }) => denominators)).toEqual([{ tokens: 10, rows: 6 }]);
});

test("a microbatch in which nothing counts is left out, of its rows too; they still count among the rows of the step", () => {
  const masked = batch([1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
  const [whole] = [...minibatchesOf(masked, selectSequences, { ...sizes, minibatchSize: 0 })];
  expect(whole!.microbatches.map(rowsOf)).toEqual([
    [0, 1],
    [4, 5],
  ]);
  expect(rowsOf(whole!.batch)).toEqual([0, 1, 4, 5]);
  expect(whole!.denominators).toEqual({ tokens: 3, rows: 6 });
});

test("a minibatch in which nothing counts has no token", () => {
  const [step] = [...minibatchesOf(batch(Array(12).fill(0)), selectSequences, { ...sizes, minibatchSize: 0 })];
  expect(step).toMatchObject({ microbatches: [], denominators: { tokens: 0, rows: 6 } });
});
