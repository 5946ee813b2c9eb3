import { expect, test } from "vitest";
import { judgeSamples } from "./judge-samples.ts";

const samples = Array.from({ length: 130 }, (_, index) => ({ prompt: `${index}`, response: "x".repeat(index) }));

test("one score for each sample, in their order, however many there are", async () => {
  const scores = await judgeSamples(
    ({ prompts, responses }) => responses.map((text, row) => text.length - Number(prompts[row]) / 2),
    samples,
  );
  expect(Array.from(scores)).toEqual(samples.map((_, index) => index / 2));
});

test("a score that is no number is refused", async () => {
  const judge = { score: async () => new Float32Array(64).fill(Number.NaN) };
  await expect(judgeSamples(judge, samples)).rejects.toThrow(/returned NaN for response 1 of 64/);
});
