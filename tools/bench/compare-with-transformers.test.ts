import { expect, test } from "vitest";
import { transformersRows } from "./compare-with-transformers.mjs";

const transformers = { loadSeconds: 2, firstTokenSeconds: 4, peakBytes: 2e9, tokensPerSecond: 10, ids: [1, 2, 3] };

test("times, memory and speed stand beside each other with ratios, and whether the text is the same", () => {
  const cai = { loadSeconds: 1, firstTokenSeconds: 3, peakBytes: 1e9, tokensPerSecond: 15, ids: [1, 2, 3] };
  expect(transformersRows([{ file: "a file", cai, transformers }]).slice(1)).toEqual([
    ["a file: load, s", "2.00", "1.00", "0.50"],
    ["  to the first token, loading included, s", "4.00", "3.00", "0.75"],
    ["  peak memory until then, GB", "2.00", "1.00", "0.50"],
    ["  greedy, tokens/s", "10.0", "15.0", "1.50"],
    ["  the same ids", "", "all 3", ""],
  ]);
});

test("where the texts part is told", () => {
  const cai = { ...transformers, ids: [1, 9, 3] };
  expect(transformersRows([{ file: "a file", cai, transformers }]).at(-1)).toEqual(["  the same ids", "", "first 1 of 3", ""]);
});
