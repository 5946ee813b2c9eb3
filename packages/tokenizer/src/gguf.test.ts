import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { TokenizerError } from "./error.ts";
import { createGgufTokenizer } from "./gguf.ts";

const golden = new URL("../../../tools/golden/tiny-gpt2/", import.meta.url);
const { model } = JSON.parse(await readFile(new URL("tokenizer.json", golden), "utf8"));
const expected: { text: string; ids: number[]; decodedSkipSpecial: string }[] = JSON.parse(
  await readFile(new URL("expected.json", golden), "utf8"),
).tokenizer.encode;

const tokens: string[] = [];
for (const [token, id] of Object.entries(model.vocab as Record<string, number>)) tokens[id] = token;
const endOfText = "<|endoftext|>";

/** The golden tokenizer as a GGUF file has it; `more` are tokens and merges behind its own. */
const tiny = (changes: Readonly<Record<string, unknown>> = {}, more: { tokens?: string[]; merges?: string[] } = {}) => {
  const all = [...tokens, ...(more.tokens ?? [])];
  const metadata = {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.tokens": all,
    "tokenizer.ggml.token_type": all.map((token) => (token === endOfText ? 3 : 1)),
    "tokenizer.ggml.merges": [...(model.merges as [string, string][]).map((pair) => pair.join(" ")), ...(more.merges ?? [])],
    "tokenizer.ggml.bos_token_id": 0,
    "tokenizer.ggml.eos_token_id": 0,
    "tokenizer.ggml.padding_token_id": 0,
    "tokenizer.ggml.add_bos_token": false,
    ...changes,
  };
  return createGgufTokenizer({ metadata: new Map(Object.entries(metadata).filter(([, one]) => one !== undefined)), where: "tiny.gguf" });
};

test.each(expected)("encodes and decodes $text as the reference does", ({ text, ids, decodedSkipSpecial }) => {
  expect([...tiny().encode(text)]).toEqual(ids);
  expect(tiny().decode(ids, { skipSpecialTokens: true })).toBe(decodedSkipSpecial);
});

test("special tokens and the chat template are the file's", () => {
  const tokenizer = tiny({ "tokenizer.chat_template": "{{ bos_token }}{{ messages[0].content }}" });
  expect(tokenizer).toMatchObject({ vocabSize: 512, bosTokenId: 0, eosTokenId: 0, padTokenId: 0 });
  expect(tokenizer.applyChatTemplate([{ role: "user", content: "hello" }])).toBe(`${endOfText}hello`);
});

test("a text begins and ends with the tokens that the file asks for", () => {
  const [first, second] = [tokens.indexOf("a"), tokens.indexOf("b")];
  const ids = { "tokenizer.ggml.bos_token_id": first, "tokenizer.ggml.eos_token_id": second };
  const both = tiny({ ...ids, "tokenizer.ggml.add_bos_token": true, "tokenizer.ggml.add_eos_token": true });
  expect([...both.encode("c")]).toEqual([first, tokens.indexOf("c"), second]);
  expect([...both.encode("c", { addSpecialTokens: false })]).toEqual([tokens.indexOf("c")]);
});

test("where the file does not say, only Llama 3's texts begin with a token", () => {
  const lengthWith = (pre: string) => tiny({ "tokenizer.ggml.pre": pre, "tokenizer.ggml.add_bos_token": undefined }).encode("c").length;
  expect(["gpt-2", "smollm", "qwen2", "llama-bpe", "llama-v3"].map(lengthWith)).toEqual([1, 1, 1, 2, 2]);
});

test("tokens that a user added are found as they stand, and are no special tokens", () => {
  const types = [...tokens.map(() => 1), 4];
  const tokenizer = tiny({ "tokenizer.ggml.token_type": types }, { tokens: ["<b c>"] });
  expect([...tokenizer.encode("a<b c>")]).toEqual([tokens.indexOf("a"), 512]);
  expect(tokenizer.decode([512], { skipSpecialTokens: true })).toBe("<b c>");
});

describe("the pre-tokenizers", () => {
  const merges = ["1 2", "12 3", "123 4", "' V", "'V E", "n /", "n/ a"];
  const more = { tokens: merges.map((merge) => merge.replace(" ", "")), merges };
  const piecesOf = (pre: string, text: string) => {
    const tokenizer = tiny({ "tokenizer.ggml.pre": pre }, more);
    return [...tokenizer.encode(text, { addSpecialTokens: false })].map((id) => tokenizer.decode([id]));
  };

  test.each([
    ["gpt-2", ["1234"], ["'", "V", "E"]],
    ["smollm", ["1", "2", "3", "4"], ["'", "V", "E"]],
    ["llama-bpe", ["123", "4"], ["'VE"]],
    ["qwen2", ["1", "2", "3", "4"], ["'VE"]],
  ])("%s cuts 1234 into %j and 'VE into %j", (pre, digits, contraction) => {
    expect(piecesOf(pre, "1234")).toEqual(digits);
    expect(piecesOf(pre, "'VE")).toEqual(contraction);
  });

  test("no name but llama-bpe takes a whole piece that no merges lead to", () => {
    const whole = { tokens: ["xyz"], merges: [] };
    const lengthWith = (pre: string) => tiny({ "tokenizer.ggml.pre": pre }, whole).encode("xyz", { addSpecialTokens: false }).length;
    expect(["gpt-2", "smollm", "qwen2", "llama-bpe"].map(lengthWith)).toEqual([3, 3, 3, 1]);
  });

  test("qwen2 composes characters first", () => {
    const accented = (pre: string) => tiny({ "tokenizer.ggml.pre": pre }).encode("e\u0301", { addSpecialTokens: false });
    const composed = tiny().encode("é");
    expect(accented("qwen2")).toEqual(composed);
    expect(accented("gpt-2")).not.toEqual(composed);
  });
});

test("its files make the same tokenizer again", async () => {
  const { createTokenizer } = await import("./create.ts");
  const tokenizer = tiny({ "tokenizer.ggml.pre": "llama-bpe", "tokenizer.ggml.add_bos_token": true });
  const [tokenizerJson, tokenizerConfig] = ["tokenizer.json", "tokenizer_config.json"].map((name) =>
    JSON.parse(tokenizer.files.get(name)!),
  );
  const again = createTokenizer({ tokenizerJson, tokenizerConfig });
  expect(again.encode("It's 1984, naïve\n\n")).toEqual(tokenizer.encode("It's 1984, naïve\n\n"));
  expect(again).toMatchObject({ bosTokenId: 0, eosTokenId: 0, padTokenId: 0, vocabSize: 512 });
});

test.each([
  [{ "tokenizer.ggml.model": "llama" }, 'tokenizer.ggml.model is "llama"; supported: gpt2'],
  [{ "tokenizer.ggml.model": undefined }, "tokenizer.ggml.model is missing"],
  [{ "tokenizer.ggml.pre": "viking" }, 'tokenizer.ggml.pre is "viking"; supported: gpt-2, smollm, llama-bpe'],
  [{ "tokenizer.ggml.pre": undefined }, "tokenizer.ggml.pre is missing"],
  [{ "tokenizer.ggml.tokens": undefined }, "tokenizer.ggml.tokens is missing"],
  [{ "tokenizer.ggml.tokens": ["a", 3] }, "tokenizer.ggml.tokens is no list of texts"],
  [{ "tokenizer.ggml.tokens": tokens.with(7, "a") }, 'tokenizer.ggml.tokens has "a" twice'],
  [{ "tokenizer.ggml.token_type": [1, 1] }, "token_type has 2 entries, tokenizer.ggml.tokens has 512"],
  [{ "tokenizer.ggml.token_type": 3 }, "token_type is no list"],
  [{ "tokenizer.ggml.merges": undefined }, "tokenizer.ggml.merges is missing"],
  [{ "tokenizer.ggml.eos_token_id": 512 }, "eos_token_id is 512, expected an id within 0 … 511"],
  [{ "tokenizer.ggml.add_bos_token": 1 }, "add_bos_token is neither true nor false"],
  [{ "tokenizer.chat_template": ["a"] }, "tokenizer.chat_template is no text"],
])("metadata with %j is refused with the file and the key", (changes, message) => {
  const make = () => tiny(changes);
  expect(make).toThrow(TokenizerError);
  expect(make).toThrow(message);
  expect(make).toThrow("tiny.gguf: ");
});
