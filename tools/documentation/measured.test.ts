import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { textOf } from "./pages.ts";

const page = "docs/measured.md";
const rows = [...textOf(page).matchAll(/^\| (?!what |---)(.+?) +\| (.+?) +\| \[[^\]]+\]\(([^)#]+)[^)]*\) +\| (.+?) +\|$/gm)].map(
  ([, what, figure, source, command]) => ({ what: what!, figure: figure!, source: join(dirname(page), source!), command: command! }),
);

test("the page has figures, each with a command", () => {
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter(({ command }) => !/^`.+`$|^the same$|^the command there$/.test(command))).toEqual([]);
});

test.each(rows)("$what: $figure is what $source says", ({ figure, source }) => {
  const text = textOf(source);
  const numbers = [...figure.matchAll(/\d+(?:\.\d+)?(?: %| of \d+)?/g)].map(([number]) => number);
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers.filter((number) => !text.includes(number))).toEqual([]);
});
