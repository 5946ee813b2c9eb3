import { expect, test } from "vitest";
import { createTokenizer } from "./create.ts";

const tokenizerJson = {
  added_tokens: [{ id: 5, content: "<end>", special: true }],
  pre_tokenizer: { type: "WhitespaceSplit" },
  model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: [["a", "b"]] },
};

test("merges are applied and added tokens found", () => {
  const tokenizer = createTokenizer({ tokenizerJson });
  expect([...tokenizer.encode("ab ba<end>")]).toEqual([2, 1, 0, 5]);
});

test("the size counts up to the largest id, also where ids are left out", () => {
  expect(createTokenizer({ tokenizerJson }).vocabSize).toBe(6);
});

test("characters and ids that the vocabulary lacks are left out", () => {
  const tokenizer = createTokenizer({ tokenizerJson });
  expect([...tokenizer.encode("axb")]).toEqual([0, 1]);
  expect(tokenizer.decode([0, 3, 4, 99, -1, 1])).toBe("a b");
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
        special_tokens: { "<end>": { id: "<end>", ids: [5], tokens: ["<end>"] } },
      },
    },
  });
  expect([...tokenizer.encode("a")]).toEqual([5, 0]);
  expect([...tokenizer.encode("a", { addSpecialTokens: false })]).toEqual([0]);
});

test("spaces before punctuation stay unless the configuration asks for clean-up", () => {
  const json = { model: { type: "BPE", vocab: { a: 0, "!": 1 }, merges: [] } };
  expect(createTokenizer({ tokenizerJson: json }).decode([0, 1])).toBe("a !");
  const config = { clean_up_tokenization_spaces: true };
  expect(createTokenizer({ tokenizerJson: json, tokenizerConfig: config }).decode([0, 1])).toBe("a!");
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
