import type { ChatMessage, ChatTemplateOptions } from "@cai/contracts";
import { expect, test } from "vitest";
import { assistantTokens } from "./assistant-tokens.ts";
import { letters, marked, turns } from "./letters.fixture.ts";

const conversation = turns("user: hi", "assistant: yo", "user: so", "assistant: well");
const own = (messages: readonly ChatMessage[], tokenizer = letters) => {
  const { ids, isAssistant } = assistantTokens(messages, tokenizer);
  return { text: letters.decode(ids), own: marked(ids, isAssistant) };
};
const withTemplate = (write: (messages: readonly ChatMessage[], options: ChatTemplateOptions) => string) => ({
  ...letters,
  applyChatTemplate: (messages: readonly ChatMessage[], options: ChatTemplateOptions = {}) => write(messages, options),
});

test("the assistant's are the contents of its turns, and what ends them", () => {
  expect(own(conversation)).toEqual({ text: "<u>hi.<a>yo.<u>so.<a>well.", own: "yo.well." });
});

test("turns in a row, and one at the beginning, each count", () => {
  expect(own(turns("assistant: yo", "user: hi", "assistant: so", "assistant: it")).own).toBe("yo.so.it.");
});

test("a token over the boundary is the assistant's", () => {
  // The template opens an answer with "a", and the content begins with "b": together they are one token.
  const tokenizer = withTemplate(
    (messages, { addGenerationPrompt }) =>
      messages.map(({ role, content }) => `${role[0]}${content}.`).join("") + (addGenerationPrompt ? "a" : ""),
  );
  expect(own(turns("user: hi", "assistant: bc"), tokenizer)).toEqual({ text: "uhi.abc.", own: "abc." });
});

test("a template that opens no answer does where a turn is its content alone", () => {
  const tokenizer = withTemplate((messages) =>
    messages.map(({ role, content }) => (role === "user" ? `<${content}>` : `${content}.`)).join(""),
  );
  expect(own(conversation, tokenizer).own).toBe("yo.well.");
});

test.each<[string, (messages: readonly ChatMessage[], options: ChatTemplateOptions) => string, RegExp]>([
  [
    "puts a role before the content and opens no answer",
    (messages) => letters.applyChatTemplate(messages),
    /message 2 of 4: the template opens no answer/,
  ],
  [
    "opens answers otherwise than it writes them",
    (messages, { addGenerationPrompt }) => letters.applyChatTemplate(messages) + (addGenerationPrompt ? "<a><>" : ""),
    /message 2 of 4: the text that asks for it is not the beginning of the one that holds it/,
  ],
  [
    "shortens earlier answers",
    (messages, options) =>
      letters.applyChatTemplate(
        messages.map((message, index) =>
          index < messages.length - 1 && message.role === "assistant" ? { ...message, content: "" } : message,
        ),
        options,
      ),
    /message 2 of 4: it is written otherwise where the conversation goes on/,
  ],
])("a template that %s is refused", (_, write, message) => {
  expect(() => assistantTokens(conversation, withTemplate(write))).toThrow(message);
});

test("a tokenizer whose tokens change far back when the text goes on is refused", () => {
  const whole = letters.applyChatTemplate(conversation).length;
  const fickle = {
    ...letters,
    encode: (text: string) => Int32Array.from(letters.encode(text), (id) => (text.length < whole ? id + 1 : id)),
  };
  expect(() => assistantTokens(conversation, fickle)).toThrow("its tokens are others when the conversation goes on");
});

test("a conversation without an assistant is refused", () => {
  expect(() => assistantTokens(turns("user: hi"), letters)).toThrow("has no turn of the assistant");
});
