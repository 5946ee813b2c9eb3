import { readGolden } from "@cai/testing";
import { expect, test } from "vitest";
import { TokenizerError } from "../error.ts";
import { preTokenizers } from "./pre-tokenizers.ts";
import { goldenTokens, tiny } from "./tiny.fixture.ts";

interface Encoding {
  readonly text: string;
  readonly ids: readonly number[];
  readonly decodedSkipSpecial: string;
}
const expected = readGolden<{ tokenizer: { encode: Encoding[] } }>("tiny-gpt2/expected.json").tokenizer.encode;
const tokens = goldenTokens;
const endOfText = "<|endoftext|>";

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

test("where the file does not say, only texts of Llama 3, of Mistral's Tekken and of Chameleon begin with a token", () => {
  const lengthWith = (pre: string) => tiny({ "tokenizer.ggml.pre": pre, "tokenizer.ggml.add_bos_token": undefined }).encode("c").length;
  const llama3 = ["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"];
  expect([...preTokenizers.keys()].filter((pre) => lengthWith(pre) === 2)).toEqual([...llama3, "tekken", "chameleon"]);
});

test("a token that is to be added and has no id is refused, unless llama.cpp has one for this kind of tokenizer", () => {
  const add = { "tokenizer.ggml.add_bos_token": true, "tokenizer.ggml.bos_token_id": undefined };
  expect([...tiny(add).encode("c")]).toEqual([11, tokens.indexOf("c")]);
  expect(() => tiny({ ...add, "tokenizer.ggml.pre": "chatglm-bpe" })).toThrow(
    "tokenizer.ggml.add_bos_token is true, but there is no tokenizer.ggml.bos_token_id",
  );
});

test("a merge that makes no token is left out, as llama.cpp comes back to bytes there", () => {
  const given = tiny({ "tokenizer.ggml.merges": ["a b", "a \u{1F600}", "h e"] });
  expect(tokens).not.toContain("ab");
  expect([...given.encode("abhe", { addSpecialTokens: false })]).toEqual(["a", "b", "he"].map((token) => tokens.indexOf(token)));
});

test("an id of −1 is none", () => {
  const without = tiny({ "tokenizer.ggml.padding_token_id": -1, "tokenizer.ggml.bos_token_id": 0xffff_ffff });
  expect(without).toMatchObject({ padTokenId: undefined, bosTokenId: undefined, eosTokenId: 0 });
});

test("an empty token has llama.cpp's name for it", () => {
  expect(tiny({}, { tokens: [""] }).decode([512])).toBe("[EMPTY_512]");
});

test("templates with names of their own are chosen by name", () => {
  const tokenizer = tiny({
    "tokenizer.chat_template": "plain",
    "tokenizer.chat_templates": ["rag"],
    "tokenizer.chat_template.rag": "with documents",
  });
  expect(tokenizer.applyChatTemplate([{ role: "user", content: "c" }])).toBe("plain");
  expect(tokenizer.applyChatTemplate([{ role: "user", content: "c" }], { template: "rag" })).toBe("with documents");
});

test("behind Phi-3's own tokens, white space is left out", () => {
  const more = { tokens: ["<|user|>"], merges: [] };
  const lengthWith = (name: string) =>
    tiny({ "general.name": name, "tokenizer.ggml.token_type": [...tokens.map(() => 1), 3] }, more).encode("<|user|>\n\nc").length;
  expect(["Phi-3-mini", "phi3", "Llama"].map(lengthWith)).toEqual([2, 2, 4]);
});

test("tokens that a user added are found as they stand, and are no special tokens", () => {
  const types = [...tokens.map(() => 1), 4];
  const tokenizer = tiny({ "tokenizer.ggml.token_type": types }, { tokens: ["<b c>"] });
  expect([...tokenizer.encode("a<b c>")]).toEqual([tokens.indexOf("a"), 512]);
  expect(tokenizer.decode([512], { skipSpecialTokens: true })).toBe("<b c>");
});

test("its files make the same tokenizer again", async () => {
  const { createTokenizer } = await import("../create.ts");
  const tokenizer = tiny({ "tokenizer.ggml.pre": "llama-bpe", "tokenizer.ggml.add_bos_token": true });
  const [tokenizerJson, tokenizerConfig] = ["tokenizer.json", "tokenizer_config.json"].map((name) =>
    JSON.parse(tokenizer.files.get(name)!),
  );
  const again = createTokenizer({ tokenizerJson, tokenizerConfig });
  expect(again.encode("It's 1984, naïve\n\n")).toEqual(tokenizer.encode("It's 1984, naïve\n\n"));
  expect(again).toMatchObject({ bosTokenId: 0, eosTokenId: 0, padTokenId: 0, vocabSize: 512 });
});

test.each([
  [{ "tokenizer.ggml.model": "rwkv" }, 'tokenizer.ggml.model is "rwkv"; supported: gpt2, llama, bert, t5'],
  [{ "tokenizer.ggml.model": undefined }, "tokenizer.ggml.model is missing"],
  [
    { "tokenizer.ggml.pre": "gemma4" },
    /tokenizer.ggml.pre is "gemma4", and how that cuts .* take the model's folder .* known are gpt-2, phi-2/,
  ],
  [{ "tokenizer.ggml.tokens": undefined }, "tokenizer.ggml.tokens is missing"],
  [{ "tokenizer.ggml.tokens": ["a", 3] }, "tokenizer.ggml.tokens is no list of texts"],
  [{ "tokenizer.ggml.tokens": tokens.with(7, "a") }, 'tokenizer.ggml.tokens has "a" twice'],
  [{ "tokenizer.ggml.token_type": [1, 1] }, "token_type has 2 entries, tokenizer.ggml.tokens has 512"],
  [{ "tokenizer.ggml.token_type": 3 }, "token_type is no list of numbers"],
  [{ "tokenizer.ggml.token_type": tokens.map(() => "1") }, "token_type is no list of numbers"],
  [{ "tokenizer.ggml.merges": undefined }, "tokenizer.ggml.merges is missing"],
  [{ "tokenizer.ggml.merges": ["ab"] }, 'tokenizer.ggml.merges has "ab", expected two texts with a space between them'],
  [{ "tokenizer.ggml.eos_token_id": 512 }, "eos_token_id is 512, expected an id within 0 … 511"],
  [{ "tokenizer.ggml.add_bos_token": 1 }, "add_bos_token is neither true nor false"],
  [{ "tokenizer.chat_template": ["a"] }, "tokenizer.chat_template is no text"],
])("metadata with %j is refused with the file and the key", (changes, message) => {
  const make = () => tiny(changes);
  expect(make).toThrow(TokenizerError);
  expect(make).toThrow(message);
  expect(make).toThrow("tiny.gguf: ");
});
