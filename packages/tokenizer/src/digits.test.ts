import { expect, test } from "vitest";
import { createTokenizer } from "./create.ts";
import { mendDigits } from "./digits.ts";

// Without the mend, ٣ and ½ stay joined to their neighbours and merge with them.
const vocab = { a: 0, "٣": 1, "½": 2, "1": 3, a٣: 4, "٣½": 5, "11": 6, "½a": 7 };
const merges = ["a ٣", "٣ ½", "1 1", "½ a"];
const idsOf = (pre_tokenizer: object) => [
  ...createTokenizer({ tokenizerJson: { pre_tokenizer, model: { type: "BPE", vocab, merges } } }).encode("a٣½a11"),
];

test("every number of Unicode stands alone with individual digits", () => {
  expect(idsOf({ type: "Digits", individual_digits: true })).toEqual([0, 1, 2, 0, 3, 3]);
});

test("runs of numbers stay together without individual digits", () => {
  expect(idsOf({ type: "Digits", individual_digits: false })).toEqual([0, 5, 0, 6]);
});

test("digits inside a sequence are mended too", () => {
  expect(idsOf({ type: "Sequence", pretokenizers: [{ type: "Digits", individual_digits: true }] })).toEqual([0, 1, 2, 0, 3, 3]);
});

test("other pre-tokenizers stay as they are", () => {
  expect(mendDigits(null)).toBe(null);
  expect(mendDigits({ type: "ByteLevel" })).toEqual({ type: "ByteLevel" });
});
