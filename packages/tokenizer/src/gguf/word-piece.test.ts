import { expect, test } from "vitest";
import { createGgufTokenizer } from "./create.ts";
import { metadataOf } from "./tiny.fixture.ts";

/** As a file has it: a mark on tokens that begin a word. */
const tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "▁un", "happi", "ly", "▁,", "▁nobody", "▁世", "▁É", "▁e"];
const roles = { unknown: 1, bos: 2, seperator: 3, padding: 0 };
const toy = (values: Readonly<Record<string, unknown>> = {}) =>
  createGgufTokenizer({
    metadata: metadataOf({
      "tokenizer.ggml.model": "bert",
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": tokens.map((_, id) => (id < 4 ? 3 : 1)),
      ...Object.fromEntries(Object.entries(roles).map(([role, id]) => [`tokenizer.ggml.${role}_token_id`, id])),
      ...values,
    }),
    where: "toy.gguf",
  });

test("a word is the longest tokens from its left, between [CLS] and [SEP]", () => {
  expect([...toy().encode("Unhappily, nobody")]).toEqual([2, 4, 5, 6, 7, 8, 3]);
  expect(toy().decode([2, 4, 5, 6, 7, 8, 3], { skipSpecialTokens: true })).toBe("unhappily, nobody");
});

test("a word with a rest that no token has is unknown as a whole", () => {
  expect([...toy().encode("unhappilyx nobody", { addSpecialTokens: false })]).toEqual([1, 8]);
});

test("Chinese characters are words, and accents and capitals go unless the file keeps them", () => {
  expect([...toy().encode("世É", { addSpecialTokens: false })]).toEqual([9, 11]);
  const kept = toy({ "tokenizer.ggml.normalizer.lowercase": false });
  expect([...kept.encode("É", { addSpecialTokens: false })]).toEqual([10]);
});

test("tokens that tokenizer.json can't tell apart are refused", () => {
  expect(() => toy({ "tokenizer.ggml.tokens": tokens.with(6, "##x").with(8, "▁####x") })).toThrow("tokens that are one in a WordPiece");
});
