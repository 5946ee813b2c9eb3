import { expect, test } from "vitest";
import { markdownTable, textTable } from "./table.mjs";

const rows = [
  ["work", "s", "× TRL"],
  ["short", "4.10", "0.47"],
  ["long", "11.90", ""],
];

test("on a terminal names stand left, numbers right, under a rule as wide as the table", () => {
  expect(textTable(rows)).toBe(["work       s  × TRL", "───────────────────", "short   4.10   0.47", "long   11.90"].join("\n"));
});

test("in Markdown every column says its alignment", () => {
  expect(markdownTable(rows)).toBe(
    ["| work  |     s | × TRL |", "| ----- | ----: | ----: |", "| short |  4.10 |  0.47 |", "| long  | 11.90 |       |"].join("\n"),
  );
});
