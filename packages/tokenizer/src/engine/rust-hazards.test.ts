import { expect, test } from "vitest";
import { createTokenizer } from "../create.ts";
import { TokenizerError } from "../error.ts";
import type { JsonObject } from "../files.ts";

// Each of these ends the process where it reaches the library.
const model = { type: "BPE", vocab: { a: 0, b: 1, ab: 2, bb: 3, é: 4 }, merges: [] };
const single = (...pieces: JsonObject[]) => ({ type: "TemplateProcessing", single: pieces, pair: [], special_tokens: {} });
const charsmap = (bytes: readonly number[]) => ({ type: "Precompiled", precompiled_charsmap: Buffer.from(bytes).toString("base64") });

/** Of one block of 256 units: it replaces "a" by the text that begins at `value`. */
function charsmapOfA(value: number, replacements: string): JsonObject {
  const bytes = Buffer.alloc(4 + 4 * 256);
  bytes.writeUInt32LE(4 * 256, 0);
  const unitOfA = (96 << 10) | (1 << 8) | 97; // has a leaf, at 97 XOR 96
  bytes.writeUInt32LE(unitOfA, 4 + 4 * 97);
  bytes.writeUInt32LE(value, 4 + 4 * 1);
  return charsmap([...bytes, ...Buffer.from(replacements)]);
}

test.each<[string, JsonObject, string]>([
  ["a merge without the prefix", { model: { ...model, continuing_subword_prefix: "##", merges: [["a", "b"]] } }, "leads to no token"],
  ["a merge without the prefix, as a text", { model: { ...model, continuing_subword_prefix: "##", merges: ["a b"] } }, "leads to no token"],
  ["a merge to a longer token than there is", { model: { ...model, merges: [["ab", "bb"]] } }, "leads to no token"],
  ["a template of a token that it lacks", { post_processor: single({ SpecialToken: { id: "<s>", type_id: 0 } }) }, 'names "<s>"'],
  ["a template of a second text", { post_processor: single({ Sequence: { id: "B", type_id: 0 } }) }, 'asks for text "B"'],
  ["pieces of no length", { pre_tokenizer: { type: "FixedLength", length: 0 } }, "a length of 0"],
  ["a charsmap that is missing", { normalizer: { type: "Precompiled" } }, "is no text in base64"],
  ["a charsmap in other letters", { normalizer: { type: "Precompiled", precompiled_charsmap: "?" } }, "is no text in base64"],
  ["a charsmap that is empty", { normalizer: charsmap([]) }, "is cut off"],
  ["a charsmap that is cut off", { normalizer: charsmap([0, 1, 0, 0, 1, 2, 3, 4]) }, "is cut off"],
  ["a charsmap whose texts are no text", { normalizer: charsmap([4, 0, 0, 0, 0, 0, 0, 0, 0xff]) }, "not UTF-8"],
  ["a charsmap that is too short for its bytes", { normalizer: charsmap([4, 0, 0, 0, 0, 0, 0, 0]) }, "points outside"],
  ["a replacement behind the end", { normalizer: charsmapOfA(3, "b\0") }, "points outside"],
  ["a replacement within a character", { normalizer: { type: "Sequence", normalizers: [charsmapOfA(1, "é\0")] } }, "points outside"],
])("%s is refused", (_, changes, reason) => {
  const make = () => createTokenizer({ tokenizerJson: { model, ...changes } });
  expect(make).toThrow(TokenizerError);
  expect(make).toThrow(reason);
});

test("a charsmap that is sound replaces what it says", () => {
  const encoded = (normalizer: JsonObject) => [...createTokenizer({ tokenizerJson: { normalizer, model } }).encode("ab")];
  expect(encoded(charsmapOfA(0, "b\0"))).toEqual([1, 1]);
  expect(encoded(charsmapOfA(2, "b\0é\0"))).toEqual([4, 1]);
  expect(encoded(charsmapOfA(1, "b\0"))).toEqual([1]);
});

test("what is stripped at the end of tokens is, also where nothing is left", () => {
  const decoder = (start: number, stop: number, content = "b") => ({ type: "Strip", content, start, stop });
  const decoded = (part: JsonObject, ids: number[]) => createTokenizer({ tokenizerJson: { decoder: part, model } }).decode(ids);
  expect(decoded(decoder(0, 1), [2, 3, 1])).toBe("ab");
  expect(decoded(decoder(1, 1), [1, 3, 2])).toBe("a");
  expect(decoded(decoder(2, 0), [3, 2])).toBe("ab");
  const afterFuse = { type: "Sequence", decoders: [{ type: "Fuse" }, decoder(0, 2, "é")] };
  expect(decoded(afterFuse, [0, 4, 4, 4])).toBe("aé");
});
