import { expect, test } from "vitest";
import { joinKept, keptOf, selectKept } from "./kept-tokens.ts";
import { selectSequences } from "./select-rows.ts";

const cells = [[1, 2], [3], [], [4, 5, 6]].map((ids) => Int32Array.from(ids));
const kept = joinKept(cells);

test("lists of any length stand one after another, each cell's own found again", () => {
  expect([...kept.ids]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...kept.offsets]).toEqual([0, 2, 3, 3, 6]);
  expect(cells.map((_, cell) => keptOf(kept, cell))).toEqual(cells);
});

test("rows take their cells with them, in any order and more than once", () => {
  const selected = selectKept(kept, [2, 2], [1, 0, 1]);
  expect([0, 1, 2, 3, 4, 5].map((cell) => [...keptOf(selected, cell)])).toEqual([[], [4, 5, 6], [1, 2], [3], [], [4, 5, 6]]);
});

test("so do the sequences that they belong to", () => {
  const tokens = { ids: new Int32Array(4), mask: new Uint8Array(4), shape: [2, 2] } as const;
  const batch = { prompts: tokens, responses: tokens };
  expect(selectSequences({ ...batch, keptTokens: kept }, [1]).keptTokens).toEqual(selectKept(kept, [2, 2], [1]));
  expect("keptTokens" in selectSequences(batch, [1])).toBe(false);
});
