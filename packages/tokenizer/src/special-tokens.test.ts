import { expect, test } from "vitest";
import { readSpecialTokens, withClassDefaults } from "./special-tokens.ts";

test("tokens are strings or objects with their content", () => {
  expect(readSpecialTokens({ config: { bos_token: "<s>", eos_token: { content: "</s>" } }, map: {} })).toEqual({
    bos_token: "<s>",
    eos_token: "</s>",
  });
});

test("the older special_tokens_map.json fills in what the configuration leaves out", () => {
  const config = { eos_token: "<|im_end|>", pad_token: null };
  const map = { eos_token: "</s>", pad_token: { content: "<pad>" } };
  expect(readSpecialTokens({ config, map })).toEqual({ eos_token: "<|im_end|>", pad_token: "<pad>" });
});

test("the original GPT-2, which names none, begins and ends its texts with <|endoftext|>", () => {
  const eosOf = (named: object, config: object, has: boolean) =>
    withClassDefaults(named, { config: { ...config }, hasToken: () => has }).eos_token;
  expect(eosOf({}, {}, true)).toBe("<|endoftext|>");
  expect(eosOf({}, { tokenizer_class: "GPT2TokenizerFast" }, true)).toBe("<|endoftext|>");
  expect(eosOf({}, {}, false)).toBeUndefined();
  expect(eosOf({}, { tokenizer_class: "LlamaTokenizer" }, true)).toBeUndefined();
  expect(eosOf({ bos_token: "<s>" }, {}, true)).toBeUndefined();
});
