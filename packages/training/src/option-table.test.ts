import { expect, test } from "vitest";
import { TrainingError } from "./error.ts";
import { type OptionTable, resolveOptions } from "./option-table.ts";

const table: OptionTable<{ rate: number; rows: number; mode: "a" | "b"; on: boolean }> = {
  rate: { default: 0.1, min: 0, exclusiveMin: true, max: 1, describe: "the rate" },
  rows: { default: 4, integer: true, min: 1, describe: "the rows" },
  mode: { default: "a", choices: ["a", "b"], describe: "the mode" },
  on: { default: false, describe: "whether" },
};

test("what is not given, or given as undefined, has its default", () => {
  expect(resolveOptions(table, {})).toEqual({ rate: 0.1, rows: 4, mode: "a", on: false });
  expect(resolveOptions(table, { rows: 2, on: true })).toEqual({ rate: 0.1, rows: 2, mode: "a", on: true });
});

test.each([
  [{ rate: 0 }, "rate is 0; expected more than 0 (the rate)"],
  [{ rate: 2 }, "rate is 2; expected at most 1 (the rate)"],
  [{ rate: Number.NaN }, "rate is NaN; expected a finite number (the rate)"],
  [{ rows: 1.5 }, "rows is 1.5; expected a whole number (the rows)"],
  [{ rows: 0 }, "rows is 0; expected at least 1 (the rows)"],
  [{ mode: "c" }, 'mode is "c"; expected one of a, b (the mode)'],
  [{ on: "yes" }, 'on is "yes"; expected a boolean (whether)'],
])("%o is refused with what is allowed", (given, message) => {
  expect(() => resolveOptions(table, given as never)).toThrow(TrainingError);
  expect(() => resolveOptions(table, given as never)).toThrow(message);
});
