import fc from "fast-check";
import { expect, test } from "vitest";
import { plotLine, sideBySide } from "./terminal-plot.ts";

test("a rising line is drawn from the lower left to the upper right, between its ends", () => {
  const plot = plotLine({ title: "reward", values: [0, 1, 2, 2, 0], width: 11, height: 3 });
  expect(plot).toEqual([
    "reward", //
    "2.00 ┤ ╭─╮",
    "     │╭╯ │",
    "0.00 ┤╯  ╰─",
    "     └─────",
    "      step 1step 5",
  ]);
});

test("a constant, a single value and values that are not finite have a plot too", () => {
  expect(plotLine({ title: "t", values: [1, 1], width: 12, height: 2 })[2]).toBe("1.000 ┤─────");
  expect(plotLine({ title: "t", values: [3], width: 30 })).toHaveLength(11);
  expect(plotLine({ title: "t", values: [Number.NaN, 1, 2], width: 30 })).toHaveLength(11);
  expect(plotLine({ title: "t", values: [Number.NaN], width: 30 })).toEqual(["t", "(nothing to draw)"]);
});

test("whatever the values, rows keep within the width and every column has its mark", () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, fc.integer({ min: 30, max: 120 }), fc.integer({ min: 2, max: 12 }), (numbers, width, height) => {
      const rows = plotLine({ title: "t", values: numbers, width, height }).slice(1, height + 1);
      const body = rows.map((row) => row.slice(row.search(/[┤│]/) + 1).padEnd(width));
      const columns = Math.max(...body.map((row) => row.trimEnd().length));
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(width);
      for (let column = 0; column < columns; column++) expect(body.some((row) => row[column] !== " ")).toBe(true);
    }),
  );
});

test("two blocks stand side by side where there is room, else one above the other", () => {
  expect(sideBySide(["ab", "c"], ["x", "y", "z"], 20)).toEqual(["ab   x", "c    y", "     z"]);
  expect(sideBySide(["ab", "c"], ["x"], 5)).toEqual(["ab", "c", "", "x"]);
});
