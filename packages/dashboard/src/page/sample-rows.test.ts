import { expect, test } from "vitest";
import { choose, readSamples } from "./sample-rows.js";

const text = [
  { step: 1, prompt: "Once", response: " upon a time", score: 2 },
  { step: 1, prompt: "It was", response: " dark", score: null },
  { step: 2, prompt: "Once", response: " more", score: -1 },
]
  .map((sample) => `${JSON.stringify(sample)}\n`)
  .join("");

test("lines that are no samples are passed over", () => {
  expect(readSamples(`${text}{"step":3}\n[]\nnull\nx\n`)).toHaveLength(3);
});

test("what a score is made of stands in words", () => {
  const parts = { warm: 1.5, short: -0.25, odd: "x" };
  const [sample] = readSamples(JSON.stringify({ step: 0, prompt: "a", response: "b", score: 1.25, parts }));
  expect(sample?.parts).toBe("warm 1.5, short −0.25");
  expect(readSamples(text)[0]?.parts).toBe("");
});

test("words are looked for in prompt and response, whatever their case", () => {
  const found = (words: string) => choose(readSamples(text), words, { by: "step", descending: false }).map(({ response }) => response);
  expect(found("ONCE")).toEqual([" upon a time", " more"]);
  expect(found("dark")).toEqual([" dark"]);
  expect(found("none")).toEqual([]);
});

test("in order of a column; a sample without a score is below all", () => {
  const scores = (descending: boolean) => choose(readSamples(text), "", { by: "score", descending }).map(({ score }) => score);
  expect(scores(true)).toEqual([2, -1, null]);
  expect(scores(false)).toEqual([null, -1, 2]);
  expect(choose(readSamples(text), "", { by: "step", descending: true }).map(({ response }) => response)).toEqual([
    " more",
    " upon a time",
    " dark",
  ]);
});
