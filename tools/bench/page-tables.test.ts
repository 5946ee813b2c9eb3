import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fillPlace, fillPlaceOfKind, processorOf } from "./page-tables.mjs";

const amx = { kind: "amx", title: "Xeon, with AMX" };
const avx2 = { kind: "avx2", title: "EPYC, with AVX2" };

test("what stood between the comments is replaced, and nothing else", () => {
  const page = "before\n<!-- steps -->\nold\n<!-- end steps -->\nafter\n";
  const filled = fillPlace(page, "steps", "| new |\n");
  expect(filled).toBe("before\n<!-- steps -->\n\n| new |\n\n<!-- end steps -->\nafter\n");
  expect(fillPlace(filled, "steps", "| new |")).toBe(filled);
});

test("a kind of processor writes its own text, below that of others, and leaves theirs", () => {
  const page = "before\n<!-- steps -->\n<!-- end steps -->\nafter\n";
  const first = fillPlaceOfKind(page, "steps", amx, "| 1 |");
  expect(first).toBe(
    "before\n<!-- steps -->\n\n<!-- steps, amx -->\n\nXeon, with AMX:\n\n| 1 |\n\n<!-- end steps, amx -->\n\n<!-- end steps -->\nafter\n",
  );
  const both = fillPlaceOfKind(first, "steps", avx2, "| 2 |");
  expect(both).toContain("<!-- end steps, amx -->\n\n<!-- steps, avx2 -->\n\nEPYC, with AVX2:\n\n| 2 |");
  const again = fillPlaceOfKind(both, "steps", { ...amx, title: "newer Xeon" }, "| 3 |");
  expect(again).toBe(both.replace("Xeon, with AMX", "newer Xeon").replace("| 1 |", "| 3 |"));
});

test("a kind is the level of the kernels, and what computed is named", () => {
  expect(processorOf({ cpu: "EPYC", backend: "tensorflow", kernels: "avx2" })).toEqual({
    kind: "avx2",
    title: "EPYC, with AVX2, without AVX-512 and AMX",
  });
  expect(processorOf({ cpu: "M3", backend: "wasm" })).toEqual({ kind: "wasm", title: "M3, wasm" });
});

test("a page without the place is refused", () => {
  expect(() => fillPlace("text", "steps", "x")).toThrow("<!-- steps -->");
  expect(() => fillPlaceOfKind("text", "steps", amx, "x")).toThrow("<!-- steps -->");
});

test.each([
  "machine",
  "kernels",
  "decode",
  "epoch",
  "steps",
  "vs-trl",
  "vs-trl-grpo",
  "vs-transformers",
  "scaling-response",
  "scaling-batch",
  "scaling-parameters",
])("docs/performance.md has the place %s", (name) => {
  const page = readFileSync(new URL("../../docs/performance.md", import.meta.url), "utf8");
  expect(fillPlaceOfKind(page, name, amx, "here")).toContain("with AMX:\n\nhere\n");
});
