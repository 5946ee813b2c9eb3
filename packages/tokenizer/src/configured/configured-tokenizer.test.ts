import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createTokenizer } from "../create.ts";
import type { JsonObject } from "../files.ts";
import { HuggingFaceTokenizer } from "../huggingface-tokenizer.ts";

interface Case {
  readonly name: string;
  readonly model: string;
  readonly changes: JsonObject;
  readonly config: JsonObject;
  readonly files: Readonly<Record<string, JsonObject>>;
  readonly encoded: readonly number[][];
  readonly decoded: readonly string[];
  readonly withoutSpecialTokens: readonly string[];
}

const golden = async (name: string) => JSON.parse(await readFile(new URL(`../golden/${name}`, import.meta.url), "utf8"));
// Made by tools/tokenizer-golden/make.py with transformers.
const { texts, cases }: { texts: string[]; cases: Case[] } = await golden("configured.json");
const { models }: { models: Record<string, JsonObject> } = await golden("reference.json");

test.each(cases)("$name gives the ids and texts of transformers", ({ model, changes, config, files, ...expected }) => {
  const contents = { "tokenizer.json": { ...changes, model: models[model] }, "tokenizer_config.json": config, ...files };
  const tokenizer = new HuggingFaceTokenizer(
    new Map(Object.entries(contents).map(([name, content]) => [name, JSON.stringify(content)])),
    "the folder",
  );
  const encoded = texts.map((text) => [...tokenizer.encode(text)]);
  expect(encoded).toEqual(expected.encoded);
  expect(encoded.map((ids) => tokenizer.decode(ids))).toEqual(expected.decoded);
  expect(encoded.map((ids) => tokenizer.decode(ids, { skipSpecialTokens: true }))).toEqual(expected.withoutSpecialTokens);
});

const letters = { vocab: { a: 0, b: 1, "▁": 2, "▁a": 3 }, merges: [["▁", "a"]], type: "BPE" };

test("an older file's Metaspace without a prefix adds none, and takes none away", () => {
  const metaspace = { type: "Metaspace", replacement: "▁", add_prefix_space: false };
  const sequence = { type: "Sequence", pretokenizers: [{ type: "Digits", individual_digits: true }, metaspace] };
  for (const pre_tokenizer of [metaspace, sequence]) {
    const tokenizer = createTokenizer({ tokenizerJson: { pre_tokenizer, decoder: metaspace, model: letters } });
    expect([...tokenizer.encode("a a")]).toEqual([0, 3]);
    expect(tokenizer.decode([3, 0])).toBe(" aa");
  }
  const prefixed = createTokenizer({ tokenizerJson: { pre_tokenizer: { ...metaspace, add_prefix_space: true }, model: letters } });
  expect([...prefixed.encode("a")]).toEqual([3]);
});

test("a Metaspace that contradicts itself is refused", () => {
  const pre_tokenizer = { type: "Metaspace", replacement: "▁", add_prefix_space: false, prepend_scheme: "always" };
  expect(() => createTokenizer({ tokenizerJson: { pre_tokenizer, model: letters } })).toThrow("add_prefix_space does not match");
});

test("options without a class count where tokenizer.json has what they set", () => {
  const normalizer = { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true };
  const tokenizerJson = { normalizer, model: { type: "WordLevel", unk_token: "?", vocab: { A: 0, a: 1, "?": 2 } } };
  expect([...createTokenizer({ tokenizerJson }).encode("A")]).toEqual([1]);
  expect([...createTokenizer({ tokenizerJson, tokenizerConfig: { do_lower_case: false } }).encode("A")]).toEqual([0]);
});

test("special tokens that a text may not name are refused", () => {
  const tokenizerConfig = { split_special_tokens: true };
  expect(() => createTokenizer({ tokenizerJson: { model: letters }, tokenizerConfig })).toThrow("split_special_tokens");
});

test("a type that there isn't is refused with what there is", () => {
  const decoder = { type: "Sequence", decoders: [{ type: "Fuse" }, { type: "Fuze" }] };
  expect(() => createTokenizer({ tokenizerJson: { decoder, model: letters } })).toThrow(
    'a decoder of type "Fuze"; there are BPEDecoder, ByteFallback',
  );
});

test("added tokens that are none are refused", () => {
  const added = (added_tokens: unknown) => () => createTokenizer({ tokenizerJson: { added_tokens, model: letters } });
  expect(added({})).toThrow("added_tokens of tokenizer.json is no list");
  expect(added([{ id: 4 }])).toThrow("an added token has no text as its content");
  expect(added([{ id: 4, content: "x", lstrip: "yes" }])).toThrow("invalid type");
});

test.each<[string, JsonObject]>([
  ["0.5", { "tokenizer.json": { model: letters, added_tokens: [{ id: 0.5, content: "c" }] } }],
  ["1e+308", { "tokenizer.json": { model: letters, added_tokens: [{ id: 1e308, content: "c" }] } }],
  ["4294967296", { "tokenizer.json": { model: letters, added_tokens: [{ id: 2 ** 32, content: "c" }] } }],
  ["null", { "tokenizer.json": { model: letters, added_tokens: [{ id: null, content: "c" }] } }],
  ["-1", { "added_tokens.json": { c: -1 } }],
  ['"0.5"', { "tokenizer_config.json": { added_tokens_decoder: { "0.5": { content: "c" } } } }],
])("an added token of the id %s is refused", (id, changes) => {
  const files = Object.entries({ "tokenizer.json": { model: letters }, ...changes });
  const make = () => new HuggingFaceTokenizer(new Map(files.map(([name, json]) => [name, JSON.stringify(json)])), "the folder");
  expect(make).toThrow(`the folder: an added token has the id ${id}: expected a whole number below 2^32`);
});
