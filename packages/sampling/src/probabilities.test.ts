import { readGolden } from "@cai/testing";
import { expect, test } from "vitest";
import { SamplingError } from "./error.ts";
import { filteredProbabilities } from "./probabilities.ts";

interface SamplingCase {
  readonly name: string;
  readonly group: string;
  readonly inputs: { readonly logits: number[][] };
  readonly params: { readonly temperature: number; readonly topK: number | null; readonly topP: number | null };
  readonly expected: { readonly kept: number[][]; readonly probs: number[][] };
}

const vectors: { cases: SamplingCase[] } = readGolden("vectors.json");

test.each(vectors.cases.filter(({ group }) => group === "sampling-filter"))("golden case $name", ({ inputs, params, expected }) => {
  const { temperature, topK, topP } = params;
  for (const [row, logits] of inputs.logits.entries()) {
    const options = { logits: Float32Array.from(logits), temperature, topK: topK ?? undefined, topP: topP ?? undefined };
    const { kept, probs } = filteredProbabilities(options);
    expect([...kept]).toEqual(expected.kept[row]);
    for (const [id, probability] of expected.probs[row]!.entries()) expect(Math.abs(probs[id]! - probability)).toBeLessThan(1e-7);
  }
});

test("temperature 0 leaves the likeliest token only", () => {
  const { kept, probs } = filteredProbabilities({ logits: Float32Array.of(1, 3, 3), temperature: 0 });
  expect([...kept]).toEqual([0, 1, 0]);
  expect([...probs]).toEqual([0, 1, 0]);
});

test("logits that are not finite are refused", () => {
  expect(() => filteredProbabilities({ logits: Float32Array.of(1, Number.NaN) })).toThrow(SamplingError);
});
