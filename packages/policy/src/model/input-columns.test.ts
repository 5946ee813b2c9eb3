import { leftPadded, rightPadded } from "@cai/testing";
import { expect, test } from "vitest";
import { inputColumns, packTokens, wholeTexts } from "./input-columns.ts";

test("the model reads the valid tokens of prompt and response, row after row, without the last token of each response", () => {
  const input = inputColumns({ prompts: leftPadded([[4], [5, 6]]), responses: rightPadded([[7, 8, 9], [3]]) });
  expect([...input.ids]).toEqual([4, 7, 8, /**/ 5, 6]);
  expect([...input.positions]).toEqual([0, 1, 2, /**/ 0, 1]);
  expect([...input.lengths]).toEqual([3, 2]);
});

test("of a row without a response it reads the prompt, and nothing is read of that", () => {
  const { ids, lengths, readAt } = inputColumns({ prompts: leftPadded([[4], [5, 6]]), responses: rightPadded([[], [7]]) });
  expect([ids, lengths, readAt].map((numbers) => [...numbers])).toEqual([
    [4, 5, 6],
    [1, 2],
    [-1, 2],
  ]);
});

test("each response token is read at the token before it, padding nowhere", () => {
  const batch = { prompts: leftPadded([[4], [5, 6], [1, 2]]), responses: rightPadded([[7, 8, 9, 7], [3], [3, 4]]) };
  expect([...inputColumns(batch).readAt]).toEqual([0, 1, 2, 3, /**/ 5, -1, -1, -1, /**/ 7, 8, -1, -1]);
});

test("a whole text is read with its last token, and there: the prompt's where there is no response", () => {
  const input = wholeTexts({ prompts: leftPadded([[4], [5, 6], [1, 2]]), responses: rightPadded([[7, 8], [3], []]) });
  expect([...input.ids]).toEqual([4, 7, 8, /**/ 5, 6, 3, /**/ 1, 2]);
  expect([...input.lengths]).toEqual([3, 3, 2]);
  expect([...input.readAt]).toEqual([2, 5, 7]);
});

test("packed tokens know where they stood", () => {
  const { ids, positions, lengths, cells } = packTokens(leftPadded([[1, 2, 3], [4]]));
  expect([ids, positions, lengths, cells].map((numbers) => [...numbers])).toEqual([
    [1, 2, 3, 4],
    [0, 1, 2, 0],
    [3, 1],
    [0, 1, 2, 5],
  ]);
});
