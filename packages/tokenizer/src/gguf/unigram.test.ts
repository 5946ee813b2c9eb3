import { expect, test } from "vitest";
import { createGgufTokenizer } from "./create.ts";
import { metadataOf } from "./tiny.fixture.ts";

const tokens = ["<pad>", "</s>", "<unk>", "▁", "a", "b", "▁a", "ab", "▁ab"];
const scores = [0, 0, 0, -4, -5, -5, -6, -3, -9];
const toy = (values: Readonly<Record<string, unknown>> = {}) =>
  createGgufTokenizer({
    metadata: metadataOf({
      "tokenizer.ggml.model": "t5",
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.scores": scores,
      "tokenizer.ggml.token_type": [3, 3, 2, 1, 1, 1, 1, 1, 1],
      "tokenizer.ggml.add_space_prefix": true,
      ...values,
    }),
    where: "toy.gguf",
  });

test("a text is the tokens of the highest sum of scores, and ends with </s>", () => {
  // ▁ab: −9; ▁a, b: −11; ▁, ab: −7; ▁, a, b: −14.
  expect([...toy().encode("ab")]).toEqual([3, 7, 1]);
  expect(toy().decode([3, 7, 1], { skipSpecialTokens: true })).toBe("ab");
});

test("spaces too many go where the file says so", () => {
  expect([...toy().encode(" a  b", { addSpecialTokens: false })]).toEqual([3, 6, 3, 3, 5]);
  expect([...toy({ "tokenizer.ggml.remove_extra_whitespaces": true }).encode("  a  b ", { addSpecialTokens: false })]).toEqual([6, 3, 5]);
});

test.each([
  [{ "tokenizer.ggml.scores": undefined }, "tokenizer.ggml.scores is missing"],
  [{ "tokenizer.ggml.unknown_token_id": -1 }, "tokenizer.ggml.unknown_token_id is missing"],
  [{ "tokenizer.ggml.precompiled_charsmap": "map" }, "tokenizer.ggml.precompiled_charsmap is no list of numbers"],
])("%j is refused with the key", (values, message) => {
  expect(() => toy(values)).toThrow(`toy.gguf: ${message}`);
});
