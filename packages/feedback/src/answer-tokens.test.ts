import type { ChatMessage, ChatTemplateOptions } from "@cai/contracts";
import { encodePrompt } from "@cai/rollouts";
import { describe, expect, test } from "vitest";
import { encodeAnswers } from "./answer-tokens.ts";
import { promptFormat, promptFormats } from "./prompt-format.ts";

/** Each letter is a token, by its code; "ab" is one too. A beginning of text comes before what is no chat; chats are "[u:hi][a:" with roles' letters. */
const tokenizer = {
  vocabSize: 1000,
  eosTokenId: undefined,
  bosTokenId: 999,
  padTokenId: undefined,
  encode: (text: string, { addSpecialTokens = true } = {}): Int32Array =>
    Int32Array.from([
      ...(addSpecialTokens ? [999] : []),
      ...(text.match(/ab|./gs) ?? []).map((token) => (token === "ab" ? 500 : token.charCodeAt(0))),
    ]),
  decode: (ids: ArrayLike<number>) => Array.from(ids, (id) => ({ 500: "ab", 999: "^" })[id] ?? String.fromCharCode(id)).join("|"),
  applyChatTemplate: (messages: readonly ChatMessage[], { addGenerationPrompt, continueFinalMessage }: ChatTemplateOptions = {}) => {
    const turns = messages.map(({ role, content }) => `[${role[0]}:${content}]`).join("");
    return continueFinalMessage ? turns.slice(0, -1) : turns + (addGenerationPrompt ? "[a:" : "");
  },
};
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

function encoded(name: (typeof promptFormats)[number], messages: readonly ChatMessage[], answers: readonly string[]) {
  const { promptIds, answerIds } = encodeAnswers(messages, answers, { format: promptFormat(name), tokenizer });
  return { prompt: tokenizer.decode(promptIds), answers: answerIds.map((ids) => tokenizer.decode(ids)) };
}

describe("where a token goes over the boundary", () => {
  test("it is the answer's, and all answers begin there", () => {
    expect(encoded("continuation", [user("xa")], ["b", "c"])).toEqual({ prompt: "^|x", answers: ["ab", "a|c"] });
  });

  test("an empty answer has no tokens all the same", () => {
    expect(encoded("continuation", [user("xa")], ["", "b"])).toEqual({ prompt: "^|x", answers: ["", "ab"] });
    expect(encoded("continuation", [user("xa")], [""])).toEqual({ prompt: "^|x|a", answers: [""] });
  });
});

test("a chat template writes the special tokens itself, and no end of the turn belongs to the answer", () => {
  expect(encoded("chat", [user("x")], ["ab", "c"])).toEqual({ prompt: "[|u|:|x|]|[|a|:", answers: ["ab", "c"] });
});

test("in a dialogue an answer follows after a space", () => {
  const { prompt, answers } = encoded("dialogue", [user("x")], ["A", "No"]);
  expect(prompt.endsWith("A|s|s|i|s|t|a|n|t|:")).toBe(true);
  expect(answers).toEqual([" |A", " |N|o"]);
});

test.each(["chat", "dialogue"] as const)("an answer that is begun goes on where it ends: %s", (name) => {
  const { prompt, answers } = encoded(name, [user("x"), assistant("It is (")], ["A"]);
  expect(prompt.endsWith("I|t| |i|s| |(")).toBe(true);
  expect(answers).toEqual(["A"]);
});

test("one that is begun with nothing in a dialogue follows after a space", () => {
  expect(encoded("dialogue", [user("x"), assistant("")], ["A"])).toEqual(encoded("dialogue", [user("x")], ["A"]));
});

test.each(promptFormats)("the prompt alone has the ids that answers are written to: %s", (name) => {
  const format = promptFormat(name);
  for (const messages of [
    [user("xa")],
    [{ role: "system", content: "s" }, user("x"), assistant("y"), user("z")],
    [user("x"), assistant("y")],
  ])
    expect(encodeAnswers(messages, [""], { format, tokenizer }).promptIds).toEqual(encodePrompt(format.promptOf(messages), tokenizer));
});

test("a conversation without tokens is refused", () => {
  const format = promptFormat("continuation");
  const withoutBos = { ...tokenizer, encode: (text: string) => tokenizer.encode(text, { addSpecialTokens: false }) };
  expect(() => encodeAnswers([user("")], ["a"], { format, tokenizer: withoutBos })).toThrow("it has no tokens before the answer");
});
