import { expect, test } from "vitest";
import { inputColumns } from "./input-columns.ts";
import { leftPadded, rightPadded } from "./token-batches.fixture.ts";

test("the model reads prompt and response side by side, without the last column, and id 0 at padding", () => {
  const input = inputColumns({ prompts: leftPadded([[4], [5, 6]]), responses: rightPadded([[7, 8, 9], [3]]) });
  expect(input.shape).toEqual([2, 4]);
  expect([...input.ids]).toEqual([0, 4, 7, 8, /**/ 5, 6, 3, 0]);
  expect([...input.mask]).toEqual([0, 1, 1, 1, /**/ 1, 1, 1, 0]);
});
