import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fillPlace } from "./page-tables.mjs";

test("what stood between the comments is replaced, and nothing else", () => {
  const page = "before\n<!-- steps -->\nold\n<!-- end steps -->\nafter\n";
  const filled = fillPlace(page, "steps", "| new |\n");
  expect(filled).toBe("before\n<!-- steps -->\n\n| new |\n\n<!-- end steps -->\nafter\n");
  expect(fillPlace(filled, "steps", "| new |")).toBe(filled);
});

test("a page without the place is refused", () => {
  expect(() => fillPlace("text", "steps", "x")).toThrow("<!-- steps -->");
});

test.each([
  "machine",
  "kernels",
  "decode",
  "epoch",
  "steps",
  "vs-trl",
  "vs-transformers",
  "scaling-response",
  "scaling-batch",
  "scaling-parameters",
])("docs/performance.md has the place %s", (name) => {
  const page = readFileSync(new URL("../../docs/performance.md", import.meta.url), "utf8");
  expect(fillPlace(page, name, "here")).toContain("here");
});
