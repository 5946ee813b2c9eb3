import { expect, test } from "vitest";
import { ScoreTable } from "./score-table.ts";

test("rows come to their places, with their parts", () => {
  const table = new ScoreTable(3);
  expect(table.parts).toEqual({});
  table.set({ scores: Float32Array.of(3), parts: { warm: Float32Array.of(1) } }, 2);
  table.set({ scores: Float32Array.of(1, 2), parts: { warm: Float32Array.of(4, 5) } }, 0);
  expect(table.scores).toEqual(Float32Array.of(1, 2, 3));
  expect(table.parts).toEqual({ warm: Float32Array.of(4, 5, 1) });
});

test("parts of other names are refused", () => {
  const table = new ScoreTable(2);
  table.set({ scores: Float32Array.of(3), parts: { warm: Float32Array.of(1) } }, 0);
  expect(() => table.set({ scores: Float32Array.of(3), parts: {} }, 1)).toThrow(
    "names its parts not at all for some responses and warm for others",
  );
});
