import { readGolden, tinyGpt2 } from "@cai/testing";
import { describe, expect, test } from "vitest";
import { createTokenizer } from "../create.ts";
import { TokenizerError } from "../error.ts";
import { loadTokenizer } from "../load.ts";
import { createGgufTokenizer } from "./create.ts";
import { ggufTokenizerMetadata } from "./export.ts";
import { preTokenizers } from "./pre-tokenizers.ts";

const golden = await loadTokenizer(tinyGpt2);
const { tokenizer } = readGolden<{ tokenizer: { encode: { text: string }[] } }>("tiny-gpt2/expected.json");
const texts = tokenizer.encode.map(({ text }) => text);

/** Metadata as a reader gives them: numbers without their types. */
const asRead = (metadata: ReturnType<typeof ggufTokenizerMetadata>) =>
  new Map<string, unknown>(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value === "object" && "uint32" in value) return [key, value.uint32];
      if (typeof value === "object" && "float32s" in value) return [key, value.float32s];
      return [key, typeof value === "object" && "int32s" in value ? value.int32s : value];
    }),
  );

test("what is written makes the same tokenizer when it is read", () => {
  const metadata = asRead(ggufTokenizerMetadata({ files: golden.files, vocabSize: 512, eosTokenIds: [0] }));
  expect(metadata.get("tokenizer.ggml.pre")).toBe("gpt-2");
  const again = createGgufTokenizer({ metadata, where: "again" });
  for (const text of texts) expect(again.encode(text)).toEqual(golden.encode(text));
  expect(again).toMatchObject({ vocabSize: 512, bosTokenId: 0, eosTokenId: 0, padTokenId: 0 });
});

test.each([...preTokenizers.keys()])("the pre-tokenizer %s is known again by what it does", (pre) => {
  const original = asRead(ggufTokenizerMetadata({ files: golden.files, vocabSize: 512, eosTokenIds: [0] }));
  const { files } = createGgufTokenizer({ metadata: new Map([...original, ["tokenizer.ggml.pre", pre]]), where: "first" });
  const name = ggufTokenizerMetadata({ files, vocabSize: 512, eosTokenIds: [0] })["tokenizer.ggml.pre"] as string;
  const { addBos: _, ...does } = preTokenizers.get(pre)!;
  expect(preTokenizers.get(name)).toMatchObject(does);
  if (["gpt-2", "smollm", "llama-bpe", "qwen2", "tekken", "gpt-4o"].includes(pre)) expect(name).toBe(pre);
});

describe("a SentencePiece model", () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const scored = { "▁": -90, a: -91, b: -92, c: -93, bc: -1, "▁a": -2, ab: -3, "▁ab": -4, abc: -5, "▁abc": -6 };
  const tokens = ["<unk>", "<s>", "</s>", ...bytes, ...Object.keys(scored), "<user>"];
  const { files } = createGgufTokenizer({
    metadata: new Map<string, unknown>([
      ["tokenizer.ggml.model", "llama"],
      ["tokenizer.ggml.tokens", tokens],
      ["tokenizer.ggml.scores", [0, 0, 0, ...bytes.map(() => 0), ...Object.values(scored), 0]],
      ["tokenizer.ggml.token_type", [2, 3, 3, ...bytes.map(() => 6), ...Object.keys(scored).map(() => 1), 4]],
    ]),
    where: "toy",
  });
  const json = JSON.parse(files.get("tokenizer.json")!);
  const config = JSON.parse(files.get("tokenizer_config.json")!);
  const metadataOf = (tokenizerJson: Record<string, unknown>) =>
    ggufTokenizerMetadata({
      files: createTokenizer({ tokenizerJson, tokenizerConfig: config }).files,
      vocabSize: tokens.length,
      eosTokenIds: [2],
    });

  test("comes back with the same tokens, types and cuts, and scores in the order of its merges", () => {
    const metadata = asRead(metadataOf(json));
    expect(metadata.get("tokenizer.ggml.tokens")).toEqual(tokens);
    expect(metadata.get("tokenizer.ggml.token_type")).toEqual([3, 3, 3, ...bytes.map(() => 6), ...Object.keys(scored).map(() => 1), 4]);
    expect(metadata.get("tokenizer.ggml.add_space_prefix")).toBe(true);
    const scores = new Map(tokens.map((token, id) => [token, (metadata.get("tokenizer.ggml.scores") as number[])[id]!]));
    const merged = ["bc", "▁a", "ab", "▁ab", "abc", "▁abc", "▁"].map((token) => scores.get(token)!);
    expect(merged).toEqual(merged.toSorted((a, b) => b - a));
    const again = createGgufTokenizer({ metadata, where: "again" });
    const original = createTokenizer({ tokenizerJson: json, tokenizerConfig: config });
    for (const text of ["abc", "a b abcabc", "bcab\né", "</s>a<user>b", ""]) expect(again.encode(text)).toEqual(original.encode(text));
  });

  test("may mark its spaces in the other way that tokenizer.json has", () => {
    const metaspace = (prepend_scheme: string) => ({
      ...json,
      normalizer: null,
      pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme, split: false },
    });
    expect(metadataOf(metaspace("always"))["tokenizer.ggml.add_space_prefix"]).toBe(true);
    expect(metadataOf(metaspace("never"))["tokenizer.ggml.add_space_prefix"]).toBe(false);
    expect(() => metadataOf(metaspace("first"))).toThrow("neither byte-level BPE nor a SentencePiece model");
  });

  test("whose merges are no scores is refused", () => {
    const withMerges = (merges: readonly (readonly string[])[]) => () => metadataOf({ ...json, model: { ...json.model, merges } });
    const { merges } = json.model;
    expect(withMerges(merges.filter(([left]: string[]) => left !== "ab"))).toThrow('never merges "ab" and "c", which make a token');
    const isWhole = (pair: readonly string[]) => pair.join("") === "▁abc";
    const [first, ...others] = merges.filter(isWhole);
    expect(withMerges([first, ...merges.filter((pair: readonly string[]) => !isWhole(pair)), ...others])).toThrow(
      'merges others between two ways to make "▁abc"',
    );
  });
});

test("ids beyond the tokens get fillers, and a second end is the end of a turn", () => {
  const metadata = ggufTokenizerMetadata({ files: golden.files, vocabSize: 514, eosTokenIds: [0, 7] });
  expect((metadata["tokenizer.ggml.tokens"] as string[]).slice(511)).toEqual([expect.any(String), "[PAD512]", "[PAD513]"]);
  expect(metadata["tokenizer.ggml.token_type"]).toMatchObject({ int32s: [3, ...Array(511).fill(1), 5, 5] });
  expect(metadata).toMatchObject({ "tokenizer.ggml.eos_token_id": { uint32: 0 }, "tokenizer.ggml.eot_token_id": { uint32: 7 } });
});

test("a third end is that of a message; more are refused unless they are known by their texts", () => {
  const endsOf = (eosTokenIds: readonly number[], files = golden.files) => ggufTokenizerMetadata({ files, vocabSize: 512, eosTokenIds });
  expect(endsOf([0, 7, 8])).toMatchObject({ "tokenizer.ggml.eom_token_id": { uint32: 8 } });
  expect(() => endsOf([0, 7, 8, 9])).toThrow("has 4 ends: GGUF files name three, and not the token 9");
  expect(endsOf([7, 8, 9, 0])).toMatchObject({ "tokenizer.ggml.eos_token_id": { uint32: 7 } });
});

test("the chat template and a beginning of text that is added are written", () => {
  const json = JSON.parse(golden.files.get("tokenizer.json")!);
  const withBos = createTokenizer({
    tokenizerJson: {
      ...json,
      post_processor: {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "<|endoftext|>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
        pair: [],
        special_tokens: { "<|endoftext|>": { id: "<|endoftext|>", ids: [0], tokens: ["<|endoftext|>"] } },
      },
    },
    tokenizerConfig: { bos_token: "<|endoftext|>", chat_template: "{{ messages }}" },
  });
  expect(ggufTokenizerMetadata({ files: withBos.files, vocabSize: 512, eosTokenIds: [] })).toMatchObject({
    "tokenizer.ggml.add_bos_token": true,
    "tokenizer.chat_template": "{{ messages }}",
  });
  expect(ggufTokenizerMetadata({ files: golden.files, vocabSize: 512, eosTokenIds: [] })).toMatchObject({
    "tokenizer.ggml.add_bos_token": false,
  });
});

test("a tokenizer of another kind is refused", () => {
  const metadataOf = (tokenizerJson: Record<string, unknown>) => () =>
    ggufTokenizerMetadata({ files: createTokenizer({ tokenizerJson }).files, vocabSize: 2, eosTokenIds: [] });
  const json = JSON.parse(golden.files.get("tokenizer.json")!);
  const model = { type: "BPE", vocab: { a: 0 }, merges: [] };
  expect(metadataOf({ model })).toThrow("neither byte-level BPE nor a SentencePiece model");
  expect(metadataOf({ ...json, pre_tokenizer: { type: "WhitespaceSplit" } })).toThrow(TokenizerError);
  expect(metadataOf({ ...json, pre_tokenizer: { type: "WhitespaceSplit" } })).toThrow("cuts texts in a way that has no name");
  expect(metadataOf({ ...json, normalizer: { type: "NFC" } })).toThrow("cuts texts in a way that has no name");
});
