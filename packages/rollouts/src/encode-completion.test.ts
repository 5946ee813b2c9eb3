import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tinyGpt2 } from "@cai/testing";
import { createTokenizer, loadTokenizer } from "@cai/tokenizer";
import { describe, expect, test } from "vitest";
import { cutCompletion, encodeCompletion, encodeCompletions, type PromptCompletion } from "./encode-completion.ts";

// Letters are a token each, "th" is one too, and 0 ends a text, written "."; a chat is written as "<role>content." a turn.
const idOf = (token: string) =>
  token === "." ? 0 : token === "th" ? 27 : token === "<" ? 28 : token === ">" ? 29 : token.charCodeAt(0) - 96;
const letters = {
  vocabSize: 30,
  eosTokenId: 0,
  bosTokenId: undefined,
  padTokenId: undefined,
  encode: (text: string) => Int32Array.from(text.match(/th|./gs) ?? [], idOf),
  decode: (ids: ArrayLike<number>) => Array.from(ids).join(" "),
  applyChatTemplate: (
    messages: readonly { readonly role: string; readonly content?: unknown }[],
    { addGenerationPrompt = false }: { readonly addGenerationPrompt?: boolean } = {},
  ) => messages.map(({ role, content }) => `<${role}>${content}.`).join("") + (addGenerationPrompt ? "<a>" : ""),
};
const ids = (text: string) => letters.encode(text);

describe("text", () => {
  test("is tokenised in one piece, and ends with the end of text, once", () => {
    const expected = { promptIds: ids("ab"), completionIds: ids("cd."), leftOut: ids("") };
    expect(encodeCompletion({ prompt: "ab", completion: "cd" }, letters)).toEqual(expected);
    expect(encodeCompletion({ prompt: "ab", completion: "cd." }, letters)).toEqual(expected);
  });

  test("whose token goes over the boundary: the completion begins with it, and the prompt's end is told", () => {
    expect(encodeCompletion({ prompt: "at", completion: "he" }, letters)).toEqual({
      promptIds: ids("a"),
      completionIds: Int32Array.of(27, 5, 0),
      leftOut: ids("t"),
    });
  });

  test("an empty completion is the end of text; an empty prompt is none", () => {
    expect(encodeCompletion({ prompt: "a", completion: "" }, letters)).toMatchObject({ promptIds: ids("a"), completionIds: ids(".") });
    expect(encodeCompletion({ prompt: "", completion: "a" }, letters)).toMatchObject({ promptIds: ids(""), completionIds: ids("a.") });
  });

  test("a tokenizer that puts a token behind every text: it is no part of the prompt, and no second end of text", () => {
    const closing = { ...letters, encode: (text: string) => ids(`${text}.`) };
    expect(encodeCompletion({ prompt: "a", completion: "b" }, closing)).toEqual({
      promptIds: ids("a"),
      completionIds: ids("b."),
      leftOut: ids("."),
    });
  });
});

describe("messages", () => {
  const turn = (role: string, content: string) => ({ role, content });

  test("the completion is what the template adds behind the opened answer, its end included", () => {
    const row = { prompt: [turn("u", "hi")], completion: [turn("a", "yo")] };
    expect(encodeCompletion(row, letters)).toEqual({ promptIds: ids("<u>hi.<a>"), completionIds: ids("yo."), leftOut: ids("") });
  });

  test("a completion of several turns holds them all", () => {
    const row = { prompt: [turn("u", "hi")], completion: [turn("a", "x"), turn("t", "y"), turn("a", "z")] };
    expect(encodeCompletion(row, letters).completionIds).toEqual(ids("x.<t>y.<a>z."));
  });

  test("a template that opens answers otherwise than it writes them: the completion begins where the two part", () => {
    const thinking = {
      ...letters,
      applyChatTemplate: (...[messages, options]: Parameters<typeof letters.applyChatTemplate>) =>
        letters.applyChatTemplate(messages, options) + (options?.addGenerationPrompt ? "<>" : ""),
    };
    const row = { prompt: [turn("u", "hi")], completion: [turn("a", "yo")] };
    expect(encodeCompletion(row, thinking)).toEqual({ promptIds: ids("<u>hi.<a>"), completionIds: ids("yo."), leftOut: ids("<>") });
  });

  test("the template's other variables reach it, and special tokens are its own affair", () => {
    const asked: unknown[] = [];
    const tokenizer = {
      ...letters,
      encode: (text: string, options?: object) => {
        asked.push(options);
        return ids(text);
      },
      applyChatTemplate: (...[messages, options]: Parameters<typeof letters.applyChatTemplate>) => {
        asked.push(options);
        return letters.applyChatTemplate(messages, options);
      },
    };
    const tools = [{ name: "f" }];
    encodeCompletion(
      { prompt: [turn("u", "a")], completion: [turn("a", "b")], tools, source: "a set of data" } as PromptCompletion,
      tokenizer,
    );
    expect(asked).toEqual([
      { tools, addGenerationPrompt: true },
      { addSpecialTokens: false },
      { tools, addGenerationPrompt: false },
      { addSpecialTokens: false },
    ]);
  });
});

test("several completions have one prompt: it ends where the first of them parts from it", () => {
  expect(encodeCompletions({ prompt: "at", completions: ["o", "he"] }, letters)).toEqual({
    promptIds: ids("a"),
    completionIds: [ids("to."), Int32Array.of(27, 5, 0)],
    leftOut: ids("t"),
  });
});

test.each([
  [{ prompt: "a", completion: [] }, /must both be text, or both lists of messages/],
  [{ prompt: [], completion: "a" }, /must both be text/],
  [{ prompt: "a" }, /must both be text/],
  [{ prompt: [{ role: "u", content: "a" }], completion: [] }, /the completion has no tokens of its own behind the prompt/],
])("%j is refused", (row, message) => {
  expect(() => encodeCompletion(row as never, letters)).toThrow(message);
});

test("a tokenizer without an end of text is refused for text, and does for messages", () => {
  const endless = { ...letters, eosTokenId: undefined };
  expect(() => encodeCompletion({ prompt: "a", completion: "b" }, endless)).toThrow("no end of text");
  const row = { prompt: [{ role: "u", content: "a" }], completion: [{ role: "a", content: "b" }] };
  expect(encodeCompletion(row, endless).completionIds).toEqual(ids("b."));
});

test("a row is cut behind so many tokens, and is none where nothing of its completion is left", () => {
  const row = { promptIds: ids("ab"), completionIds: ids("cd.") };
  expect(cutCompletion(row, 5)).toEqual(row);
  expect(cutCompletion(row, 3)).toEqual({ promptIds: ids("ab"), completionIds: ids("c") });
  expect(cutCompletion(row, 2)).toBeUndefined();
});

test("the tiny model's tokenizer: prompt and completion together are the text", async () => {
  const tokenizer = await loadTokenizer(tinyGpt2);
  const { promptIds, completionIds } = encodeCompletion({ prompt: "The cat sat", completion: " on the mat." }, tokenizer);
  expect(tokenizer.decode(promptIds)).toBe("The cat sat");
  expect(tokenizer.decode(completionIds)).toBe(" on the mat.<|endoftext|>");
});

test("a chat template of the field: the end of the turn is learned, the line after it too", () => {
  const chatTemplate =
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}" +
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
  const read = (file: string) => JSON.parse(readFileSync(join(tinyGpt2, file), "utf8"));
  const tokenizerConfig = { ...read("tokenizer_config.json"), chat_template: chatTemplate };
  const tokenizer = createTokenizer({ tokenizerJson: read("tokenizer.json"), tokenizerConfig });
  const row = { prompt: [{ role: "user", content: "Hi" }], completion: [{ role: "assistant", content: "Hello" }] };
  const { promptIds, completionIds } = encodeCompletion(row, tokenizer);
  expect(tokenizer.decode(promptIds)).toBe("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
  expect(tokenizer.decode(completionIds)).toBe("Hello<|im_end|>\n");
});
