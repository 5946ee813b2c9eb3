import { expect, test } from "vitest";
import { completionBatch } from "./completion-batch.ts";

const row = (promptIds: number[], completionIds: number[]) => ({
  promptIds: Int32Array.from(promptIds),
  completionIds: Int32Array.from(completionIds),
});

test("prompts are padded on the left, completions on the right", () => {
  expect(completionBatch([row([1, 2], [3]), row([4], [5, 6, 7])])).toEqual({
    prompts: { ids: Int32Array.of(1, 2, 0, 4), mask: Uint8Array.of(1, 1, 0, 1), shape: [2, 2] },
    responses: { ids: Int32Array.of(3, 0, 0, 5, 6, 7), mask: Uint8Array.of(1, 0, 0, 1, 1, 1), shape: [2, 3] },
  });
});

test("a row without a prompt gives its first token as one", () => {
  const { prompts, responses } = completionBatch([row([], [1, 2, 3])]);
  expect([prompts.ids, responses.ids]).toEqual([Int32Array.of(1), Int32Array.of(2, 3)]);
});

test.each([
  [[], "there are no rows"],
  [[row([1], [2]), row([1], [])], "row 2 of 2 has 1 tokens of a prompt and 0 behind it: nothing is left to predict"],
  [[row([], [1])], "row 1 of 1 has 0 tokens of a prompt and 1 behind it"],
])("%j is refused", (rows, message) => {
  expect(() => completionBatch(rows)).toThrow(message);
});
