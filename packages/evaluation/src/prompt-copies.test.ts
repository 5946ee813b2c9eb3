import { expect, test } from "vitest";
import { promptCopies } from "./prompt-copies.ts";

test("the longest run that prompt and answer share, over the answer's words", () => {
  const { rate, shares } = promptCopies({
    prompts: ["Tell me about the sea.", "Tell me about the sea.", "Who are you?"],
    responses: ["Tell me about the sky.", "It is wide. Tell me, about what shore do you ask?", "I am a poet."],
  });
  // "tell me about the" of five words; "tell me about" of eleven; nothing.
  expect(shares).toEqual([4 / 5, 3 / 11, 0]);
  expect(rate).toBe(1 / 3);
});

test("two words in common are no copy, and an answer without words is none", () => {
  expect(promptCopies({ prompts: ["the old house", "the old house"], responses: ["The old", "…"] }).shares).toEqual([0, 0]);
  expect(promptCopies({ prompts: [], responses: [] })).toEqual({ rate: 0, shares: [] });
});

test("the threshold decides what a copy is", () => {
  const texts = { prompts: ["one two three four"], responses: ["one two three and more of it"] };
  expect(promptCopies(texts).rate).toBe(0);
  expect(promptCopies({ ...texts, threshold: 3 / 7 }).rate).toBe(1);
});

test("each answer has a prompt", () => {
  expect(() => promptCopies({ prompts: ["a"], responses: [] })).toThrow("responses has the length 0, prompts 1");
});
