import type { ChatMessage } from "@cai/contracts";
import { tinyGpt2 } from "@cai/testing";
import { loadTokenizer, TokenizerError } from "@cai/tokenizer";
import { describe, expect, test } from "vitest";
import { promptFormat, promptFormats, suitableFormat } from "./prompt-format.ts";

const system = { role: "system", content: "Be brief." };
const user = { role: "user", content: "Is the sky blue?" };
const assistant = { role: "assistant", content: "It is." };
const why = { role: "user", content: "Why?" };
const begun = { role: "assistant", content: "Because of" };
const parts: ChatMessage = { role: "user", content: [{ type: "text", text: "Hello." }] };

describe("dialogue", () => {
  const { promptOf, completionOf, answerOf } = promptFormat("dialogue");

  test("turns begin with their speakers, the system's stands above them, and the assistant's is asked for", () => {
    expect(promptOf([user])).toBe("\n\nHuman: Is the sky blue?\n\nAssistant:");
    expect(promptOf([system, user, assistant, why])).toBe(
      "\n\nBe brief.\n\nHuman: Is the sky blue?\n\nAssistant: It is.\n\nHuman: Why?\n\nAssistant:",
    );
  });

  test("an answer that is begun stays open, and one begun with nothing is asked for", () => {
    expect(promptOf([why, begun])).toBe("\n\nHuman: Why?\n\nAssistant: Because of");
    expect(promptOf([why, { role: "assistant", content: "" }])).toBe("\n\nHuman: Why?\n\nAssistant:");
  });

  test("a system message without text leaves nothing behind", () => {
    expect(promptOf([{ role: "system", content: "" }, why])).toBe("\n\nHuman: Why?\n\nAssistant:");
  });

  test("an answer follows its prompt after a space", () => {
    expect(promptOf([why]) + String(completionOf("Because."))).toBe("\n\nHuman: Why?\n\nAssistant: Because.");
  });

  test.each([
    [" Because.", "Because."],
    [" Because.\n\nIt scatters.", "Because.\n\nIt scatters."],
    [" Because.\n\nHuman: Really?\n\nAssistant: Yes.", "Because."],
    [" Because.\nAssistant: Yes.", "Because."],
    [" A Human: is a word here.", "A Human: is a word here."],
    ["\n\nHuman: Why?", ""],
  ])("of %o the answer is %o", (written, answer) => {
    expect(answerOf(written)).toBe(answer);
  });

  test("content that is no text is refused, and so is another role", () => {
    expect(() => promptOf([parts])).toThrow('a message of role user holds [{"type":"text","text":"Hello."}]');
    expect(() => promptOf([{ role: "assistant", content: null }])).toThrow("a message of role assistant holds null");
    expect(() => promptOf([{ role: "tool", content: "7" }])).toThrow('the role "tool": a dialogue has system, user, assistant only');
    expect(() => promptOf([{ role: "constructor", content: "" }])).toThrow('the role "constructor"');
  });
});

describe("continuation", () => {
  const { promptOf, completionOf, answerOf } = promptFormat("continuation");

  test("contents follow each other, a paragraph each, and an answer goes on where they end", () => {
    expect(promptOf([system, { role: "user", content: "The sky is" }])).toBe("Be brief.\n\nThe sky is");
    expect(promptOf([{ role: "system", content: "" }, user])).toBe("Is the sky blue?");
    expect(completionOf(" blue.")).toBe(" blue.");
    expect(answerOf(" blue.\n")).toBe(" blue.");
  });

  test("content that is no text is refused", () => {
    expect(() => promptOf([parts])).toThrow("a model without a chat template reads text only");
  });
});

describe("chat", () => {
  const { promptOf, completionOf, answerOf } = promptFormat("chat");

  test("messages are the template's to write", () => {
    expect(promptOf([system, parts])).toEqual({ messages: [system, parts] });
    expect(completionOf("Yes.")).toEqual([{ role: "assistant", content: "Yes." }]);
    expect(answerOf("\nYes. ")).toBe("Yes.");
  });
});

test("a dialogue stops where the next turn begins, by which its answers are cut; only a continuation has no end", () => {
  expect(promptFormats.map((name) => promptFormat(name).hasEnd)).toEqual(promptFormats.map((name) => name !== "continuation"));
  expect(promptFormats.map((name) => promptFormat(name).stopTexts)).toEqual([[], ["\nHuman:", "\nAssistant:"], []]);
});

test("formats have the names that they go by", () => {
  expect(promptFormats.map((name) => promptFormat(name).name)).toEqual([...promptFormats]);
});

describe("the format that suits a tokenizer", () => {
  const withTemplate = (applyChatTemplate: () => string) => ({ ...plain, applyChatTemplate });
  const plain = {
    vocabSize: 1,
    eosTokenId: undefined,
    bosTokenId: undefined,
    padTokenId: undefined,
    encode: () => new Int32Array(0),
    decode: () => "",
  };

  test("is chat where it has a chat template, and dialogue where it has none", async () => {
    expect(suitableFormat(withTemplate(() => "<user>")).name).toBe("chat");
    expect(suitableFormat(await loadTokenizer(tinyGpt2)).name).toBe("dialogue");
  });

  test("is not guessed where the template fails, or anything else goes wrong", () => {
    const fails = (error: Error) => () =>
      suitableFormat(
        withTemplate(() => {
          throw error;
        }),
      );
    expect(fails(new TokenizerError("chat-template-failed", "raised: only tools"))).toThrow("raised: only tools");
    expect(fails(new TypeError("undefined is no function"))).toThrow(TypeError);
  });
});
