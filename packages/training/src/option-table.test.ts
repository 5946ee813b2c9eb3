import { expect, test } from "vitest";
import { TrainingError } from "./error.ts";
import { type OptionTable, resolveOptions } from "./option-table.ts";

const table: OptionTable<{ rate: number; rows: number; mode: "a" | "b"; on: boolean; ids: readonly number[]; ends: readonly string[] }> = {
  rate: { default: 0.1, min: 0, exclusiveMin: true, max: 1, describe: "the rate" },
  rows: { default: 4, integer: true, min: 1, describe: "the rows" },
  mode: { default: "a", choices: ["a", "b"], describe: "the mode" },
  on: { default: false, describe: "whether" },
  ids: { default: [], integer: true, min: 0, describe: "the ids" },
  ends: { default: [], listOf: "texts", describe: "the ends" },
};

test("what is not given, or given as undefined, has its default", () => {
  expect(resolveOptions(table, {})).toEqual({ rate: 0.1, rows: 4, mode: "a", on: false, ids: [], ends: [] });
  const given = { rows: 2, on: true, ids: [7, 0], ends: ["7", ""] };
  expect(resolveOptions(table, given)).toEqual({ rate: 0.1, mode: "a", ...given });
});

test("a list is the options' own", () => {
  const ids = [1];
  const resolved = resolveOptions(table, { ids });
  ids.push(2);
  expect(resolved.ids).toEqual([1]);
});

test.each([
  [{ rate: 0 }, "rate is 0; expected more than 0 (the rate)"],
  [{ rate: 2 }, "rate is 2; expected at most 1 (the rate)"],
  [{ rate: Number.NaN }, "rate is NaN; expected a finite number (the rate)"],
  [{ rows: 1.5 }, "rows is 1.5; expected a whole number (the rows)"],
  [{ rows: 0 }, "rows is 0; expected at least 1 (the rows)"],
  [{ mode: "c" }, 'mode is "c"; expected one of a, b (the mode)'],
  [{ ids: 3 }, "ids is 3; expected a list of numbers (the ids)"],
  [{ ids: [1, "2"] }, 'ids[1] is "2"; expected a number (the ids)'],
  [{ ids: [1, -1] }, "ids[1] is -1; expected at least 0 (the ids)"],
  [{ ids: [0.5] }, "ids[0] is 0.5; expected a whole number (the ids)"],
  [{ ends: "7" }, 'ends is "7"; expected a list of texts (the ends)'],
  [{ ends: ["7", 7] }, "ends[1] is 7; expected a text (the ends)"],
  [{ on: "yes" }, 'on is "yes"; expected a boolean (whether)'],
])("%o is refused with what is allowed", (given, message) => {
  expect(() => resolveOptions(table, given as never)).toThrow(TrainingError);
  expect(() => resolveOptions(table, given as never)).toThrow(message);
});
