import { expect, test } from "vitest";
import { peakMemory } from "./peak-memory.ts";

/** A GPT-2's bytes, as `memory` of @cai/policy gives them; `adapted`: trained numbers of an adapter of rank 8 on all linear layers. */
function gpt2({
  layers,
  hidden,
  vocabulary,
  heads,
  adapted,
}: Record<"layers" | "hidden" | "vocabulary" | "heads", number> & { adapted?: number }) {
  const weights = 4 * ((vocabulary + 1024) * hidden + layers * (12 * hidden + 13) * hidden + 2 * hidden);
  const adapter = 4 * (adapted ?? 0);
  return {
    weights: weights + adapter,
    trained: adapted === undefined ? weights : adapter,
    keptToken: 4 * layers * (16 * hidden + heads + 4 + (adapted === undefined ? 0 : 4 * 8)),
    logits: 4 * vocabulary,
    mostLogits: adapted === undefined ? 256e6 : 32e6,
    cachedToken: 4 * layers * 2 * hidden,
  };
}

const small = { layers: 12, hidden: 768, vocabulary: 50257, heads: 12 };
const adapted = { ...small, adapted: 12 * 8 * 12_288 };
const short = { rows: 8, promptTokens: 16, responseTokens: 24 };
const long = { rows: 4, promptTokens: 10, responseTokens: 140 };

// Measured by `cai bench step`, whose reference is on disk: on an AMD EPYC (AVX2); and on a Xeon (AMX), with the reference in memory.
test.each([
  ["GPT-2 small, short", small, short, 2.81e9, false],
  ["GPT-2 small, long", small, long, 2.91e9, false],
  ["GPT-2 small, LoRA 8, short", adapted, short, 1.27e9, false],
  ["GPT-2 small, LoRA 8, long", adapted, long, 1.53e9, false],
  ["GPT-2 small, 32 rows", small, { ...short, rows: 32 }, 3.84e9, true],
  ["GPT-2 small, 512 tokens a response", small, { rows: 4, promptTokens: 10, responseTokens: 512 }, 4.65e9, true],
  ["GPT-2 medium", { layers: 24, hidden: 1024, vocabulary: 50257, heads: 16 }, short, 8.11e9, true],
  ["a GPT-2 of 12 million weights", { layers: 12, hidden: 256, vocabulary: 8192, heads: 8 }, short, 0.79e9, true],
  ["a GPT-2 of a million weights", { layers: 8, hidden: 64, vocabulary: 8192, heads: 2 }, short, 0.52e9, true],
])("the peak of %s is foretold within 15 percent", (_, sizes, rows, measured, referenceInMemory) => {
  const model = gpt2(sizes);
  const tokens = { ...rows, accumulates: false, writtenRows: rows.rows };
  const { peak } = peakMemory(model, { tokens, reference: referenceInMemory ? model.weights : 0 });
  expect(Math.abs(peak / measured - 1)).toBeLessThan(0.15);
});

test("gradients that add up are there twice, and a cache counts where it is more than a backward pass", () => {
  const model = { weights: 100, trained: 10, keptToken: 3, logits: 5, mostLogits: 20, cachedToken: 1 };
  const tokens = { rows: 2, accumulates: true, writtenRows: 4, promptTokens: 3, responseTokens: 4 };
  expect(peakMemory(model, { tokens, reference: 7 })).toEqual({
    ...{ weights: 100, optimizer: 20, gradients: 20, reference: 7 },
    ...{ activations: 2 * 7 * 3, logits: 20, cache: 4 * (7 + 5), program: 5e8 },
    peak: 5e8 + 100 + 20 + 7 + 82,
  });
  expect(peakMemory(model, { tokens: { ...tokens, writtenRows: 40 }, reference: 7 }).peak).toBe(5e8 + 100 + 20 + 7 + 480);
});
