import { expect, test } from "vitest";
import { createTokenizer } from "./create.ts";
import { TokenizerError } from "./error.ts";

const tokenizerJson = {
  added_tokens: [{ id: 3, content: "<end>", special: true }],
  pre_tokenizer: { type: "WhitespaceSplit" },
  model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: [["a", "b"]] },
};

test("merges are applied and added tokens found", () => {
  const tokenizer = createTokenizer({ tokenizerJson });
  expect([...tokenizer.encode("ab ba<end>")]).toEqual([2, 1, 0, 3]);
});

test("the size counts up to the largest id, also where ids are left out", () => {
  expect(createTokenizer({ tokenizerJson }).vocabSize).toBe(4);
  const withGaps = { model: { type: "BPE", vocab: { a: 0, b: 7 }, merges: [] } };
  expect(createTokenizer({ tokenizerJson: withGaps }).vocabSize).toBe(8);
});

test("an added token has the next free id, whatever the file says, as in the reference", () => {
  const declared = { ...tokenizerJson, added_tokens: [{ id: 5, content: "<end>", special: true }] };
  expect([...createTokenizer({ tokenizerJson: declared }).encode("a<end>")]).toEqual([0, 3]);
});

test("characters and ids that the vocabulary lacks are left out, characters before merges, as in the reference", () => {
  const tokenizer = createTokenizer({ tokenizerJson });
  expect([...tokenizer.encode("axb bxa")]).toEqual([2, 1, 0]);
  expect(tokenizer.decode([0, 4, 99, -1, 0.5, 2 ** 32, 1])).toBe("a b");
  expect(tokenizer.decode([99])).toBe("");
  expect(tokenizer.decode([])).toBe("");
});

test("the post-processor's tokens are added unless told otherwise", () => {
  const tokenizer = createTokenizer({
    tokenizerJson: {
      ...tokenizerJson,
      post_processor: {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "<end>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
        pair: [],
        special_tokens: { "<end>": { id: "<end>", ids: [3], tokens: ["<end>"] } },
      },
    },
  });
  expect([...tokenizer.encode("a")]).toEqual([3, 0]);
  expect([...tokenizer.encode("a", { addSpecialTokens: false })]).toEqual([0]);
});

test("spaces before punctuation stay unless the configuration asks for clean-up", () => {
  const decoded = (model: object, tokenizerConfig: Record<string, unknown>) =>
    createTokenizer({ tokenizerJson: { model: { vocab: { a: 0, "!": 1 }, unk_token: "a", ...model } }, tokenizerConfig }).decode([0, 1]);
  expect(decoded({ type: "WordLevel" }, {})).toBe("a !");
  expect(decoded({ type: "WordLevel" }, { clean_up_tokenization_spaces: true })).toBe("a!");
  // After BPE only if it asks twice, as in transformers 5.
  const bpe = { type: "BPE", merges: [] };
  expect(decoded(bpe, { clean_up_tokenization_spaces: true })).toBe("a !");
  const twice = { clean_up_tokenization_spaces: true, clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output: true };
  expect(decoded(bpe, twice)).toBe("a!");
});

test("text that no token and no unknown token can write is refused, with the text", () => {
  const unigram = { type: "Unigram", vocab: [["a", -1]], unk_id: null, byte_fallback: false };
  const tokenizer = createTokenizer({ tokenizerJson: { model: unigram } });
  expect([...tokenizer.encode("aa")]).toEqual([0, 0]);
  expect(() => tokenizer.encode("ab")).toThrow(TokenizerError);
  expect(() => tokenizer.encode("ab")).toThrow('can\'t encode "ab"');
});

test("a lone half of a surrogate pair is U+FFFD", () => {
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const model = { type: "BPE", vocab: { ï: 0, "¿": 1, "½": 2, a: 3 }, merges: [] };
  const tokenizer = createTokenizer({ tokenizerJson: { pre_tokenizer: bytes, decoder: bytes, model } });
  expect([...tokenizer.encode("a\ud800a")]).toEqual([3, 0, 1, 2, 3]);
});

test("padding and truncation of the file don't apply", () => {
  const padding = { strategy: { Fixed: 9 }, direction: "Right", pad_to_multiple_of: null, pad_id: 3, pad_type_id: 0, pad_token: "<end>" };
  const truncation = { direction: "Right", max_length: 2, strategy: "LongestFirst", stride: 0 };
  const tokenizer = createTokenizer({ tokenizerJson: { ...tokenizerJson, padding, truncation } });
  expect([...tokenizer.encode("a a a")]).toEqual([0, 0, 0]);
});

test("dropout, which leaves merges out at random, is refused", () => {
  const withDropout = (dropout: number | null) => ({ ...tokenizerJson, model: { ...tokenizerJson.model, dropout } });
  expect(() => createTokenizer({ tokenizerJson: withDropout(0.1) })).toThrow("model.dropout of tokenizer.json is 0.1");
  expect([...createTokenizer({ tokenizerJson: withDropout(0) }).encode("ab")]).toEqual([2]);
  expect([...createTokenizer({ tokenizerJson: withDropout(1) }).encode("ab")]).toEqual([0, 1]);
});

test("a limit that means no limit is none", () => {
  const tokenizerConfig = { model_max_length: 1e30 };
  expect(createTokenizer({ tokenizerJson, tokenizerConfig }).modelMaxLength).toBeUndefined();
});

test("an end of text that the vocabulary lacks is refused", () => {
  expect(() => createTokenizer({ tokenizerJson, tokenizerConfig: { eos_token: "</s>" } })).toThrow(
    'the eos_token is "</s>", which tokenizer.json does not have',
  );
});
