import { expect, test } from "vitest";
import { leftPadded, rightPadded, rowsOf } from "./token-batches.ts";

const rows = [[1, 2, 3], [4]];

test("prompts are padded on the left, responses on the right, and the mask counts what is not padding", () => {
  expect(leftPadded(rows)).toEqual({ ids: Int32Array.of(1, 2, 3, -1, -1, 4), mask: Uint8Array.of(1, 1, 1, 0, 0, 1), shape: [2, 3] });
  expect(rightPadded(rows, 4)).toEqual({
    ids: Int32Array.of(1, 2, 3, -1, 4, -1, -1, -1),
    mask: Uint8Array.of(1, 1, 1, 0, 1, 0, 0, 0),
    shape: [2, 4],
  });
});

test("the rows come back", () => {
  for (const batch of [leftPadded(rows), rightPadded(rows, 5)]) expect(rowsOf(batch)).toEqual(rows);
});
