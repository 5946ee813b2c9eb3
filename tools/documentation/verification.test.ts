import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { textOf } from "./pages.ts";

const page = "docs/verification.md";

/** What the page says holds a detail: a test's file, and its name as it stands there. */
const named = [...textOf(page).matchAll(/\[`[^`]+\.test\.ts`\]\(([^)]+)\): (.+?)(?=<br>| +\|)/g)].map(([, path, name]) => ({
  file: join(dirname(page), path!),
  name: name!,
}));

test("the page names a test for each detail but one, which is left to whoever makes the prompts", () => {
  const [details = ""] = textOf(page).split("\n## How else");
  const rows = [...details.matchAll(/^\| (?!detail |---).*\|$/gm)].map(([row]) => row);
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !row.includes(".test.ts`]")).map((row) => row.split("|")[1]?.trim())).toEqual([
    "Queries begin and end with a period",
  ]);
});

test.each(named)("$file has the test that is named: $name", ({ file, name }) => {
  expect([`"${name}"`, `\`${name}\``].some((quoted) => textOf(file).includes(quoted))).toBe(true);
});
