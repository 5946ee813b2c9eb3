import { joinKept, keptOf } from "@cai/contracts";
import { expect, test } from "vitest";
import { replaceRows } from "./replace-rows.ts";
import type { TextRollout } from "./text-rollout.ts";

/** A rollout of one-token prompts with responses of these ids. */
function rolloutOf(rows: readonly (readonly number[])[]): TextRollout {
  const width = Math.max(...rows.map(({ length }) => length));
  const cells = rows.flatMap((row) => Array.from({ length: width }, (_, column) => row[column]));
  return {
    prompts: { ids: new Int32Array(rows.length), mask: new Uint8Array(rows.length).fill(1), shape: [rows.length, 1] },
    responses: {
      ids: Int32Array.from(cells, (id) => id ?? 0),
      mask: Uint8Array.from(cells, (id) => Number(id !== undefined)),
      shape: [rows.length, width],
    },
    behaviourLogprobs: Float32Array.from(cells, (id) => -(id ?? 0)),
    finishReasons: rows.map(({ length }) => (length === width ? "length" : "eos")),
    promptTexts: rows.map(() => "p"),
    responseTexts: rows.map((row) => row.join(" ")),
  };
}

test("rows of the other stand where they are to, and all are padded to the wider of the two", () => {
  const replaced = replaceRows(rolloutOf([[1, 2], [3], [4, 5]]), rolloutOf([[7, 8, 9]]), [1]);
  expect(replaced.responses).toEqual({
    ids: Int32Array.of(1, 2, 0, 7, 8, 9, 4, 5, 0),
    mask: Uint8Array.of(1, 1, 0, 1, 1, 1, 1, 1, 0),
    shape: [3, 3],
  });
  expect(replaced.behaviourLogprobs).toEqual(Float32Array.of(-1, -2, 0, -7, -8, -9, -4, -5, 0));
  expect(replaced.responseTexts).toEqual(["1 2", "7 8 9", "4 5"]);
  expect(replaced.finishReasons).toEqual(["length", "length", "length"]);
  expect("keptTokens" in replaced).toBe(false);
});

test("what tokens were drawn from goes with their rows", () => {
  const kept = (rollout: TextRollout): TextRollout => ({
    ...rollout,
    keptTokens: joinKept(Array.from(rollout.responses.ids, (id) => Int32Array.of(id, id + 10))),
  });
  const { keptTokens, responses } = replaceRows(kept(rolloutOf([[1, 2], [3], [4, 5]])), kept(rolloutOf([[7, 8, 9]])), [1]);
  const drawnFrom = Array.from(responses.ids, (_, cell) => keptOf(keptTokens!, cell)[0]);
  expect(drawnFrom).toEqual([1, 2, undefined, 7, 8, 9, 4, 5, undefined]);
});
