import { describe, expect, test } from "vitest";
import { TokenizerError } from "../error.ts";
import { createGgufTokenizer } from "./create.ts";
import { metadataOf } from "./tiny.fixture.ts";

const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);

/** `<unk>`, `<s>`, `</s>` and all bytes, then tokens with their scores. */
const toy = (scored: Readonly<Record<string, number>>, values: Readonly<Record<string, unknown>> = {}) =>
  createGgufTokenizer({
    metadata: metadataOf({
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>", ...bytes, ...Object.keys(scored)],
      "tokenizer.ggml.scores": [...Array(259).fill(0), ...Object.values(scored)],
      "tokenizer.ggml.token_type": [2, 3, 3, ...bytes.map(() => 6), ...Object.keys(scored).map((token) => (token === "<user>" ? 4 : 1))],
      ...values,
    }),
    where: "toy.gguf",
  });
const letters = { "▁": -100, a: -101, b: -102, c: -103 };
const first = 259;

test("a text begins with <s> and a space, and its spaces are of no kind of their own", () => {
  const tokenizer = toy({ ...letters, "▁a": -1 });
  expect([...tokenizer.encode("a b")]).toEqual([1, first + 4, first, first + 2]);
  expect(tokenizer.decode([1, first + 4, first, first + 2], { skipSpecialTokens: true })).toBe("a b");
  expect([...tokenizer.encode("")]).toEqual([1]);
});

test("the file may do without the space, without <s>, and with </s>", () => {
  expect([...toy(letters, { "tokenizer.ggml.add_space_prefix": false }).encode("a")]).toEqual([1, first + 1]);
  expect([...toy(letters, { "tokenizer.ggml.add_bos_token": false }).encode("a")]).toEqual([first, first + 1]);
  expect([...toy(letters, { "tokenizer.ggml.add_eos_token": true }).encode("a")]).toEqual([1, first, first + 1, 2]);
});

test("the pair of the highest score is merged first, whichever stands first in the vocabulary or the text", () => {
  const without = { "tokenizer.ggml.add_space_prefix": false, "tokenizer.ggml.add_bos_token": false };
  expect([...toy({ ...letters, ab: -2, bc: -1 }, without).encode("abc")]).toEqual([first + 1, first + 5]);
  expect([...toy({ ...letters, ab: -1, bc: -2 }, without).encode("abc")]).toEqual([first + 4, first + 3]);
  expect([...toy({ ...letters, aa: -1 }, without).encode("aaa")]).toEqual([first + 4, first + 1]);
});

test("a token may come of any two others", () => {
  const tokenizer = toy({ ...letters, bc: -1, ab: -2, abc: -3 }, { "tokenizer.ggml.add_space_prefix": false });
  expect([...tokenizer.encode("abc")]).toEqual([1, first + 6]);
});

test("characters without a token become their bytes, and back", () => {
  const tokenizer = toy(letters);
  expect([...tokenizer.encode("é\n")]).toEqual([1, first, 3 + 0xc3, 3 + 0xa9, 3 + 0x0a]);
  expect(tokenizer.decode([first, 3 + 0xc3, 3 + 0xa9, 3 + 0x0a])).toBe("é\n");
});

test("without tokens for bytes a run of such characters is one unknown token", () => {
  const tokenizer = createGgufTokenizer({
    metadata: metadataOf({
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>", "▁", "a"],
      "tokenizer.ggml.scores": [0, 0, 0, -1, -2],
      "tokenizer.ggml.token_type": [2, 3, 3, 1, 1],
    }),
    where: "toy.gguf",
  });
  expect([...tokenizer.encode("aéüa")]).toEqual([1, 3, 4, 0, 4]);
});

test("control tokens and those that a user added stand for themselves, and what follows begins with a space anew", () => {
  const tokenizer = toy({ ...letters, "<user>": 0 });
  expect([...tokenizer.encode("a</s>b<user>c")]).toEqual([1, first, first + 1, 2, first, first + 2, first + 4, first, first + 3]);
  expect(tokenizer.decode([2, first + 4], { skipSpecialTokens: true })).toBe("<user>");
});

test("tokens that would take for ever are refused at once", () => {
  expect(() => toy({ ...letters, ["a".repeat(100_000)]: -1 })).toThrow("tokenizer.ggml.tokens are longer than those of any model");
});

describe("a file without what the tokens are merged by", () => {
  test.each([
    [{ "tokenizer.ggml.scores": undefined }, "tokenizer.ggml.scores is missing, which say what is merged first"],
    [{ "tokenizer.ggml.scores": [0, 1] }, "tokenizer.ggml.scores has 2 entries, tokenizer.ggml.tokens has 265"],
    [{ "tokenizer.ggml.scores": "high" }, "tokenizer.ggml.scores is no list of numbers"],
    [{ "tokenizer.ggml.scores": Array(265).fill(0) }, "tokenizer.ggml.scores are all the same, and don't say what is merged first"],
    [{ "tokenizer.ggml.add_space_prefix": "yes" }, "tokenizer.ggml.add_space_prefix is neither true nor false"],
  ])("by %j is refused with the key", (values, message) => {
    const make = () => toy({ ...letters, ab: -1, bc: -2 }, values);
    expect(make).toThrow(TokenizerError);
    expect(make).toThrow(`toy.gguf: ${message}`);
  });
});
