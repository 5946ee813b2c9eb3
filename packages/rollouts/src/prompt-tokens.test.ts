import type { ChatMessage, ChatTemplateOptions } from "@cai/contracts";
import { expect, test } from "vitest";
import { RolloutError } from "./error.ts";
import { digestPrompts, leftPad, tokenizePrompts } from "./prompt-tokens.ts";

const letters = {
  vocabSize: 27,
  contextLength: 10,
  tokenizer: {
    vocabSize: 27,
    eosTokenId: 0,
    bosTokenId: undefined,
    padTokenId: 0,
    encode: (text: string) => Int32Array.from(text, (letter) => letter.charCodeAt(0) - 96),
    decode: (ids: ArrayLike<number>) => Array.from(ids, (id) => String.fromCharCode(id + 96)).join(""),
    applyChatTemplate: (messages: readonly ChatMessage[], options: ChatTemplateOptions = {}) => {
      if (messages.length === 0) throw new RolloutError("no-turn", "no turn");
      asked = options;
      return messages.map(({ content }) => content).join("");
    },
  },
};
let asked: ChatTemplateOptions | undefined;

test("prompts are text or ids, and come out as both", () => {
  const [fromText, fromIds] = tokenizePrompts(["abc", Int32Array.of(2, 1)], letters, 5);
  expect(fromText).toEqual({ text: "abc", ids: Int32Array.of(1, 2, 3) });
  expect(fromIds).toEqual({ text: "ba", ids: Int32Array.of(2, 1) });
});

test("a conversation is written by the chat template, which opens the answer", () => {
  const tools = [{ name: "f" }];
  const conversation = { messages: [{ role: "user", content: "ab" }], tools, chatTemplateKwargs: { brief: true } };
  expect(tokenizePrompts([conversation], letters, 5)).toEqual([{ text: "ab", ids: Int32Array.of(1, 2) }]);
  expect(asked).toEqual({ tools, chatTemplateKwargs: { brief: true }, addGenerationPrompt: true, continueFinalMessage: false });
});

test("a conversation that ends with the assistant is gone on with", () => {
  const messages = [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
  ];
  expect(tokenizePrompts([{ messages }], letters, 5)[0]?.text).toBe("ab");
  expect(asked).toEqual({ addGenerationPrompt: false, continueFinalMessage: true });
});

test.each([
  [[{ messages: [] }], /prompt 1 of 1 can't be written by the chat template: no turn/],
  [[["a"] as unknown as string], /prompt 1 of 1 is neither text, token ids \(an Int32Array\) nor a conversation/],
  [[], /list of prompts is empty/],
  [["ab", ""], /prompt 2 of 2 has no tokens/],
  [[Int32Array.of(1, 27)], /prompt 1 of 1 holds the token id 27, outside the policy's vocabulary of 27/],
  [[Int32Array.of(-1)], /token id -1/],
  [["abcdef"], /has 6 tokens, which with 5 new ones exceed the policy's context of 10: shorten it, or lower the option maxNewTokens/],
])("%j is refused", (prompts, message) => {
  expect(() => tokenizePrompts(prompts, letters, 5)).toThrow(message);
});

test("prompts are padded on the left to the longest", () => {
  const batch = leftPad([Int32Array.of(7), Int32Array.of(1, 2, 3)]);
  expect(batch).toEqual({ ids: Int32Array.of(0, 0, 7, 1, 2, 3), mask: Uint8Array.of(0, 0, 1, 1, 1, 1), shape: [2, 3] });
});

test("the digest tells prompts and their order apart", () => {
  const digest = (...texts: string[]) => digestPrompts(tokenizePrompts(texts, letters, 1));
  expect(digest("ab", "c")).toBe(digest("ab", "c"));
  expect(new Set([digest("ab", "c"), digest("c", "ab"), digest("a", "bc"), digest("abc")]).size).toBe(4);
});
