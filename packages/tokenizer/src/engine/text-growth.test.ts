import { expect, test } from "vitest";
import { createTokenizer } from "../create.ts";
import { textGrowth } from "./text-growth.ts";

const replace = (pattern: object, content: string) => ({ type: "Replace", pattern, content });
const sequence = (...normalizers: object[]) => ({ type: "Sequence", normalizers });

test("replacements multiply a text by what each makes of one character", () => {
  expect(textGrowth([replace({ String: " " }, "▁")])).toBe(1);
  expect(textGrowth([replace({ String: "ab" }, "abcd")])).toBe(2);
  expect(textGrowth([sequence(replace({ String: "a" }, "aaa"), replace({ String: "a" }, "aa")), { type: "ByteLevel" }])).toBe(12);
  expect(textGrowth([replace({ Regex: "\\s+" }, " ")]), "takes a character at least").toBe(1);
  expect(textGrowth([replace({ Regex: "x*" }, " ")]), "may stand between any two").toBe(2);
  expect(textGrowth([{ type: "NFKC" }, null, undefined, { type: "Prepend", prepend: "▁" }])).toBe(1);
});

test("a charsmap counts where it writes more for a character than Unicode does", () => {
  const charsmap = (text: string) => {
    const bytes = Buffer.concat([Buffer.of(4, 0, 0, 0, 0, 0, 0, 0), Buffer.from(`${text}\0b\0`)]);
    return { type: "Precompiled", precompiled_charsmap: bytes.toString("base64") };
  };
  expect(textGrowth([charsmap("a".repeat(18))])).toBe(1);
  expect(textGrowth([charsmap("a".repeat(1000))])).toBe(1000);
});

const vocab = { a: 0, b: 1 };
const model = { type: "BPE", vocab, merges: [] };

test("replacements that would fill the memory are refused for the texts that they would fill it with", () => {
  const bomb = sequence(...Array.from({ length: 40 }, () => replace({ String: "a" }, "aa")));
  const tokenizer = createTokenizer({ tokenizerJson: { normalizer: bomb, model } });
  expect(() => tokenizer.encode("ab")).toThrow(/^the tokenizer given can't encode "ab": the replacements of its tokenizer.json could make/);
  const decoders = sequence(...Array.from({ length: 40 }, () => replace({ String: "a" }, "aa")));
  const decoding = createTokenizer({ tokenizerJson: { decoder: { ...decoders, decoders: decoders.normalizers }, model } });
  expect(() => decoding.decode([0])).toThrow(expect.objectContaining({ code: "too-costly" }));
});

test("a text may be as long as it likes where replacements are those of other models", () => {
  const tokenizer = createTokenizer({ tokenizerJson: { normalizer: replace({ String: "b" }, "aaaa"), model } });
  expect(tokenizer.encode("b".repeat(100)).length).toBe(400);
});
