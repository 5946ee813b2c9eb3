import { expect, test } from "vitest";
import { tableLines } from "./table-lines.ts";

test("columns are aligned, and those that are empty in all rows are left out", () => {
  const rows = [
    ["run", "steps", "loss", "state"],
    ["a", "3/10", "", "running"],
    ["longer", "12", "", "done"],
  ];
  expect(tableLines(rows, { right: ["steps"] })).toEqual(["run     steps  state", "a        3/10  running", "longer     12  done"]);
});
