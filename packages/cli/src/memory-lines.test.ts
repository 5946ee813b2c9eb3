import { expect, test } from "vitest";
import { memoryLines } from "./memory-lines.ts";

// A model of 1 GB, of which a token keeps 10 MB for the backward pass, and 2 MB with recomputation.
const memory = {
  ...{ weights: 1e9, trained: 1e9, keptToken: 1e7, keptTokenRecomputing: 2e6 },
  ...{ logits: 1e5, mostLogits: 256e6, cachedToken: 1e5 },
};
const shape = { batchSize: 4, minibatchSize: 0, microbatchSize: 0, maxNewTokens: 60 };
const lines = (free: number, more: object = {}) =>
  memoryLines({ memory }, { shape: { ...shape, ...more }, promptTokens: 40, reference: 0, free });

test("what fits is told", () => {
  // 0.5 program + 1 weights + 2 moments + 1 gradients + 4 rows · 100 tokens · 10 MB + 240 tokens · 0.1 MB of logits
  expect(lines(2e10)).toEqual({ told: "memory: about 8.5 GB at the peak of a step; 20 GB are free" });
});

test.each([
  [8e9, "and 8.0 GB are free. With --recompute it would take about 5.3 GB."],
  [5e9, "With --lora 8 --recompute --microbatch-size 1 it would take about 1.8 GB."],
  [1e9, "Even with --lora 8 --recompute --microbatch-size 1 it would take about 1.8 GB: a smaller model, or shorter texts."],
])("what does not is warned of, with the least change that would: %d bytes free", (free, advice) => {
  expect(lines(free).warning).toContain(advice);
  expect(lines(free).warning).toMatch(/^memory: a step will take about 8\.5 GB at its peak, /);
});

test("answers of a group count each, and parts of a minibatch add their gradients to a second sum", () => {
  expect(lines(2e11, { groupSize: 4 }).told).toContain("about 21 GB");
  expect(lines(2e11, { microbatchSize: 2 }).told).toContain("about 7.5 GB");
});
