import { expect, test } from "vitest";
import { answerLogprob, echoedTokens } from "./echoed-answer.ts";

const name = "feedback endpoint http://host/v1";
const of = (tokens: string[], logprobs: (number | null)[], prompt: string, answer: string) =>
  answerLogprob({ tokens, logprobs }, { prompt, answer, name });

test("an answer's log-probability is the sum over its tokens", () => {
  expect(of(["The", " cat", " sat", "."], [null, -1, -2, -4], "The cat", " sat.")).toEqual({ logprob: -6, tokens: 2 });
});

test("a beginning of text before, and tokens that the model added behind, are not the answer's", () => {
  expect(of(["<s>", "The", " cat", " sat", " on"], [null, -1, -2, -4, -8], "The", " cat sat")).toEqual({ logprob: -6, tokens: 2 });
});

test("a token that goes over the boundary is the answer's", () => {
  expect(of(["The", " cat", " sat"], [null, -1, -2], "The ", "cat sat")).toEqual({ logprob: -3, tokens: 2 });
});

test("a token without text, a part of a letter, goes with what completes it", () => {
  expect(of(["The", "", " é", "", "€"], [null, -1, -2, -4, -8], "The é", "€")).toEqual({ logprob: -12, tokens: 2 });
});

test("an empty answer has no tokens", () => {
  expect(of(["The", " cat", " sat"], [null, -1, -2], "The cat", "")).toEqual({ logprob: 0, tokens: 0 });
});

test("tokens that make up another text are refused", () => {
  expect(() => of(["The", " c", "\uFFFD"], [null, -1, -2], "The", " cé")).toThrow(`${name} echoed tokens that don't make up the text`);
  expect(() => of([], [], "The", " cat")).toThrow("don't make up the text");
});

test("so is a token of the answer without log-probability", () => {
  expect(() => of(["The", " cat"], [null, null], "The", " cat")).toThrow('no log-probability of " cat"');
});

test("tokens and their log-probabilities are read", () => {
  const answer = { choices: [{ logprobs: { tokens: ["a", "b"], token_logprobs: [null, -1], text_offset: [0, 1] } }] };
  expect(echoedTokens(answer, name)).toEqual({ tokens: ["a", "b"], logprobs: [null, -1] });
});

test.each([
  null,
  {},
  { choices: [] },
  { choices: [{ logprobs: null }] },
  { choices: [{ logprobs: { tokens: ["a"], token_logprobs: [] } }] },
  { choices: [{ logprobs: { tokens: [1], token_logprobs: [-1] } }] },
  { choices: [{ logprobs: { tokens: ["a"], token_logprobs: ["-1"] } }] },
])("%j holds none", (answer) => {
  expect(() => echoedTokens(answer, name)).toThrow("Leave out echoFormat if it can't");
});
