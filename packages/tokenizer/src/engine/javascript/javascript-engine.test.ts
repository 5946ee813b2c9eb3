import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ConfiguredTokenizer, configuredTokenizer } from "../../configured/configured-tokenizer.ts";
import { TokenizerError } from "../../error.ts";
import type { JsonObject } from "../../files.ts";
import { RustEngine } from "../rust-engine.ts";
import { JavaScriptEngine } from "./javascript-engine.ts";

interface Case {
  readonly name: string;
  readonly model: string;
  readonly changes: JsonObject;
  readonly encoded: readonly number[][];
  readonly plain?: readonly number[][];
  readonly decoded: readonly [ids: readonly number[], text: string, withoutSpecialTokens: string][];
}

// Made by tools/tokenizer-golden/make.py.
const { texts, models, cases }: { texts: string[]; models: Record<string, JsonObject>; cases: Case[] } = JSON.parse(
  await readFile(new URL("../../golden/reference.json", import.meta.url), "utf8"),
);

function configuredOf({ model, changes }: Pick<Case, "model" | "changes">): ConfiguredTokenizer {
  const json = { ...changes, model: { ...models[model], ...(changes.model as JsonObject | undefined) } };
  return configuredTokenizer({ json, config: {}, legacy: {} }, {}, "the tokenizer");
}

/** Undefined where an option is refused. */
function engineOf(configured: ConfiguredTokenizer): JavaScriptEngine | undefined {
  try {
    return new JavaScriptEngine(configured);
  } catch (error) {
    if (TokenizerError.isInstance(error) && error.code === "unsupported-option") return undefined;
    throw error;
  }
}

const accepted = cases.filter((one) => engineOf(configuredOf(one)) !== undefined);

test("the kinds of GPT-2, Llama 2, Llama 3, SmolLM and BERT are accepted, and most others", () => {
  const names = accepted.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "pre-tokenizer ByteLevel False True",
      "BPE byte_fallback",
      "pre-tokenizer of Llama 3",
      "pre-tokenizer of SmolLM",
      "normalizer BertNormalizer {}",
    ]),
  );
  expect(names.length).toBeGreaterThan(70);
});

test.each(accepted)("$name gives the reference's ids and texts", ({ encoded, plain = encoded, decoded, ...one }) => {
  const engine = engineOf(configuredOf(one))!;
  expect(texts.map((text) => [...engine.encode(text, true)])).toEqual(encoded);
  expect(texts.map((text) => [...engine.encode(text, false)])).toEqual(plain);
  for (const [ids, text, withoutSpecialTokens] of decoded) {
    expect(engine.decode(Int32Array.from(ids), false)).toBe(text);
    expect(engine.decode(Int32Array.from(ids), true)).toBe(withoutSpecialTokens);
  }
});

/** Texts of what is written differently in JavaScript, Oniguruma and Rust. */
const nastyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."ab lower\u2581'.,!?-#<>_12\t\n\r\u00a0\ufeff\u0085\u2028\u0000\ufffd\u03a3\u03c3\u0130\u017f\u212a\u00df\u0301\u093e",
      ),
      fc.constantFrom(
        "<s>",
        "</s>",
        "cat",
        "'S",
        "'\u017f",
        "'LL",
        "\u6c49\u5b57",
        "\u{20000}",
        "\ud800",
        "\u{1f468}\u200d\u{1f469}",
        "\u0663\u00bd",
        "\u0e27\u0e31",
        "<0x41>",
        "##s",
      ),
      // Of the planes where versions of Unicode, which the libraries bring along, agree for the most part.
      fc.string({ unit: "binary", maxLength: 3 }).map((text) => text.replace(/[\p{Unassigned}\u{20000}-\u{10ffff}]/gu, "")),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

/** Some, for time: one of every few, and what a decoder alone keeps from being accepted. */
const compared = cases.flatMap((one) => [
  one,
  { ...one, name: `${one.name}, without a decoder`, changes: { ...one.changes, decoder: null } },
]);
const comparable = compared.filter((one, index) => (index + (index >> 1)) % 3 === 0 && engineOf(configuredOf(one)) !== undefined);

test.each(comparable)("$name gives the ids and texts of the Rust library for any text", (one) => {
  const configured = configuredOf(one);
  const [engine, rust] = [engineOf(configured)!, new RustEngine(configured)];
  fc.assert(
    fc.property(nastyText, (text) => {
      const ids = rust.encode(text, true);
      expect([...engine.encode(text, true)]).toEqual([...ids]);
      const some = ids.slice(1); // may begin within a character
      expect(engine.decode(some, true)).toBe(rust.decode(some, true));
    }),
    { numRuns: 25, seed: 7 },
  );
});

const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const special = { content: "<s>", special: true };
const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
const split = (pattern: JsonObject, behavior: string) => ({ pre_tokenizer: { type: "Split", pattern, behavior, invert: false } });
const template = (ids: number[]) => ({
  type: "TemplateProcessing",
  single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
  pair: [],
  special_tokens: { "<s>": { id: "<s>", ids, tokens: ids.map(() => "<s>") } },
});

describe("what the JavaScript library doesn't honour is refused by name", () => {
  test.each<[string, string, JsonObject]>([
    ["a normalizer Nmt", "letters", { normalizer: { type: "Nmt" } }],
    ["a normalizer ByteLevel", "letters", { normalizer: { type: "ByteLevel" } }],
    [
      "a normalizer Precompiled",
      "letters",
      { normalizer: { type: "Sequence", normalizers: [{ type: "Precompiled", precompiled_charsmap: "" }] } },
    ],
    [
      "a normalizer Prepend behind others",
      "letters",
      { normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Prepend", prepend: "x" }] } },
    ],
    ["the regular expression ^a", "letters", { normalizer: { type: "Replace", pattern: { Regex: "^a" }, content: "" } }],
    ["a pre-tokenizer UnicodeScripts", "letters", { pre_tokenizer: { type: "UnicodeScripts" } }],
    ["a pre-tokenizer FixedLength", "letters", { pre_tokenizer: { type: "FixedLength", length: 2 } }],
    [
      "a pre-tokenizer Punctuation with the behavior MergedWithNext",
      "letters",
      { pre_tokenizer: { type: "Punctuation", behavior: "MergedWithNext" } },
    ],
    ["a pre-tokenizer Split with the behavior MergedWithPrevious", "letters", split({ String: "-" }, "MergedWithPrevious")],
    ["a pre-tokenizer Split with the behavior Contiguous", "letters", split({ String: "-" }, "Contiguous")],
    ["the regular expression \\bx", "letters", split({ Regex: "\\bx" }, "Isolated")],
    ["the regular expression a++b", "letters", split({ Regex: "a++b" }, "Isolated")],
    ["the regular expression (?>a)", "letters", split({ Regex: "(?>a)" }, "Isolated")],
    ["the regular expression (a)\\1", "letters", split({ Regex: "(a)\\1" }, "Isolated")],
    ["the regular expression (?i:ß)", "letters", split({ Regex: "(?i:ß)" }, "Isolated")],
    ["the regular expression (?i:miss)", "letters", split({ Regex: "(?i:miss)" }, "Isolated")],
    ["the regular expression [a[bc]]", "letters", split({ Regex: "[a[bc]]" }, "Isolated")],
    ["the regular expression [a&&b]", "letters", split({ Regex: "[a&&b]" }, "Isolated")],
    ["the regular expression \\w+", "letters", split({ Regex: "\\w+" }, "Isolated")],
    ["the regular expression a*", "letters", split({ Regex: "a*" }, "Isolated")],
    ["a pattern of a pre-tokenizer Split", "letters", split({ String: "" }, "Isolated")],
    [
      "prepend_scheme first behind a normalizer",
      "letters",
      { normalizer: { type: "NFC" }, pre_tokenizer: { ...metaspace, prepend_scheme: "first" } },
    ],
    [
      "prepend_scheme first behind others",
      "letters",
      { pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, { ...metaspace, prepend_scheme: "first" }] } },
    ],
    ["a pre-tokenizer Metaspace with str_rep", "letters", { pre_tokenizer: { ...metaspace, str_rep: "_" } }],
    ["a model BPE that has neither an unk_token nor all bytes", "letters", { model: { unk_token: null } }],
    ["whose vocabulary lacks its unk_token", "letters", { model: { unk_token: "<none>" } }],
    [
      "a model BPE with fuse_unk behind a pre-tokenizer",
      "letters",
      { pre_tokenizer: { type: "WhitespaceSplit" }, model: { fuse_unk: true } },
    ],
    ["a model BPE with continuing_subword_prefix", "letters", { model: { continuing_subword_prefix: "##" } }],
    ["a model BPE with end_of_word_suffix", "letters", { model: { end_of_word_suffix: "</w>" } }],
    ["a model BPE with dropout", "letters", { model: { dropout: 1 } }],
    ["a model BPE with byte_fallback that lacks tokens of bytes", "letters", { model: { byte_fallback: true } }],
    ["a model Unigram with byte_fallback", "unigram or bytes", {}],
    ["a model Unigram without unk_id", "unigram", { model: { unk_id: null } }],
    ["a model Unigram behind a pre-tokenizer that splits", "unigram", { pre_tokenizer: { type: "WhitespaceSplit" } }],
    ["whose vocabulary lacks its unk_token", "words", { model: { unk_token: "none" } }],
    ['the added token "<s>" with single_word', "letters", { added_tokens: [{ ...special, single_word: true }] }],
    ['the added token "<s>" with lstrip', "letters", { added_tokens: [{ ...special, lstrip: true }] }],
    ['the added token "<s>" with rstrip', "letters", { added_tokens: [{ ...special, rstrip: true }] }],
    [
      'the added token "A", which the normalizer changes',
      "letters",
      { normalizer: { type: "Lowercase" }, added_tokens: [{ content: "A" }] },
    ],
    ["which overlap", "letters", { added_tokens: [special, { content: "b<", normalized: true }] }],
    ["whose <s> stands for the ids 1, 2", "letters", { post_processor: template([1, 2]) }],
    ["whose <s> stands for the ids 7", "letters", { post_processor: template([7]) }],
    [
      "a post-processor RobertaProcessing with an id for <s>",
      "letters",
      { post_processor: { type: "RobertaProcessing", cls: ["<s>", 9], sep: ["</s>", 2] } },
    ],
    ["a decoder CTC", "letters", { decoder: { type: "CTC" } }],
    ["a decoder ByteLevel with the token", "letters", { decoder: bytes }],
    ['a decoder ByteLevel with the added token "é"', "bytes", { decoder: bytes, pre_tokenizer: bytes, added_tokens: [{ content: "é" }] }],
    ["a decoder ByteLevel in a Sequence", "bytes", { decoder: { type: "Sequence", decoders: [bytes] }, pre_tokenizer: bytes }],
    ["a decoder WordPiece without a prefix", "letters", { decoder: { type: "WordPiece", prefix: "", cleanup: false } }],
    ["a decoder BPEDecoder without a suffix", "letters", { decoder: { type: "BPEDecoder", suffix: "" } }],
    ["a decoder Metaspace with the token", "letters", { decoder: metaspace }],
    ["a decoder Strip of what is not one character", "letters", { decoder: { type: "Strip", content: "\u{1f600}", start: 1, stop: 0 } }],
  ])("%s", (option, model, changes) => {
    const make = () => new JavaScriptEngine(configuredOf({ model, changes }));
    expect(make).toThrow(TokenizerError);
    expect(make).toThrow(option);
    expect(make).toThrow("is not supported in browsers");
  });
});
