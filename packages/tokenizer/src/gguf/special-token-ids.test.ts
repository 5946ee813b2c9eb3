import { describe, expect, test } from "vitest";
import { TokenizerError } from "../error.ts";
import { createGgufTokenizer } from "./create.ts";
import { ggufSpecialTokenIds } from "./special-token-ids.ts";
import { metadataOf } from "./tiny.fixture.ts";

const idsOf = (tokens: readonly string[], values: Readonly<Record<string, unknown>> = {}) =>
  ggufSpecialTokenIds({
    metadata: metadataOf({ "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.tokens": tokens, ...values }),
    where: "x.gguf",
  });
const key = (role: string) => `tokenizer.ggml.${role}_token_id`;

test.each([
  "<|eot_id|>",
  "<|im_end|>",
  "<|end|>",
  "<end_of_turn>",
  "<|endoftext|>",
  "<|end_of_text|>",
  "<|eom_id|>",
  "<EOT>",
  "_<EOT>",
  "[EOT]",
  "[EOS]",
  "</s>",
  "<eos>",
  "<turn|>",
  "<|return|>",
  "<|call|>",
  "<|calls|>",
  "<|flush|>",
  "<|tool_response>",
  "<end_of_utterance>",
  "<｜end▁of▁sentence｜>",
  "[e~[",
  "<|fim_pad|>",
  "[PAD]",
  "<|fim_repo|>",
  "<|repo_name|>",
  "<|file_sep|>",
])("a token %s ends a response, whatever its type", (token) => {
  for (const type of [1, 3, 4]) expect(idsOf(["a", token], { "tokenizer.ggml.token_type": [1, type] }).ends).toEqual([1]);
});

test.each(["<|im_start|>", "<|eot_id", "eot", "<|EOT_ID|>", "<s>", "<|fim_prefix|>", "<|fim_middle|>"])(
  "a token %s ends nothing",
  (token) => {
    expect(idsOf(["a", token], { "tokenizer.ggml.token_type": [1, 3] }).ends).toEqual([]);
  },
);

test("the end of a text comes first, then those of a turn and of a message by their keys, then those by their texts", () => {
  const tokens = ["</s>", "a", "b", "c", "<|im_end|>"];
  expect(idsOf(tokens, { [key("eos")]: 3, [key("eot")]: 2, [key("eom")]: 1 }).ends).toEqual([3, 2, 1, 0, 4]);
  expect(idsOf(tokens, { [key("eos")]: 4, [key("eot")]: 4 }).ends).toEqual([4, 0]);
});

test("of the tokens that fill up a text for its middle one ends a response: that of the key, or one known by its text", () => {
  const tokens = ["a", "<PAD>", "<|fim_pad|>"];
  expect(idsOf(tokens).ends).toEqual([2]);
  expect(idsOf(tokens, { [key("fim_pad")]: 0 }).ends).toEqual([0]);
});

describe("a token that is a part of an answer", () => {
  test("<|end|> ends nothing where calls and returns do", () => {
    expect(idsOf(["<|end|>", "<|return|>", "<|call|>"]).ends).toEqual([1, 2]);
    expect(idsOf(["<|end|>", "<|flush|>", "<|calls|>"]).ends).toEqual([1, 2]);
    expect(idsOf(["<|end|>", "<|call|>"]).ends).toEqual([0, 1]);
  });

  test("</s> ends nothing where tools answer", () => {
    expect(idsOf(["</s>", "<|tool_response>"]).ends).toEqual([1]);
  });
});

describe("where a file names none", () => {
  const tokens = Array.from({ length: 200 }, (_, id) => `t${id}`);

  test.each([
    ["llama", { bos: 1, padding: undefined, ends: [2] }],
    ["gpt2", { bos: 11, padding: undefined, ends: [11] }],
    ["bert", { bos: 101, padding: 0, ends: [] }],
    ["t5", { bos: undefined, padding: 0, ends: [1] }],
  ])("a tokenizer of the kind %s has llama.cpp's: %j", (model, expected) => {
    expect(idsOf(tokens, { "tokenizer.ggml.model": model })).toEqual(expected);
  });

  test("ids beyond the tokens are none", () => {
    expect(idsOf(tokens.slice(0, 5))).toEqual({ bos: undefined, padding: undefined, ends: [] });
  });

  test("ChatGLM's texts have no beginning", () => {
    expect(idsOf(tokens, { "tokenizer.ggml.pre": "chatglm-bpe" }).bos).toBeUndefined();
  });
});

test("an id beyond the tokens is refused with its key", () => {
  const make = () => idsOf(["a"], { [key("eot")]: 1 });
  expect(make).toThrow(TokenizerError);
  expect(make).toThrow("x.gguf: tokenizer.ggml.eot_token_id is 1, expected an id within 0 … 0");
});

test("a token known by its text is found in texts as it stands and is special, also where the file calls it a normal one", () => {
  const tokens = ["<", "|", "i", "m", "_", "e", "n", "d", ">", "<|im_end|>", "<|start|>"];
  const tokenizer = createGgufTokenizer({
    metadata: metadataOf({ "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.merges": [] }),
    where: "x.gguf",
  });
  expect([...tokenizer.encode("m<|im_end|><|start|>")]).toEqual([3, 9, 10]);
  expect(tokenizer.decode([3, 9, 10], { skipSpecialTokens: true })).toBe("m<|start|>");
});
