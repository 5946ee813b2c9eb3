import { expect, test } from "vitest";
import { preTokenizers } from "../gguf/pre-tokenizers.ts";
import { patternsOf } from "./patterns-of.ts";
import { isPlainPattern } from "./plain-pattern.ts";

test("what published models have is plain", () => {
  for (const { preTokenizer } of preTokenizers.values())
    expect(patternsOf({ pre_tokenizer: preTokenizer }).filter((pattern) => !isPlainPattern(pattern))).toEqual([]);
});

test.each([
  " ",
  "\\s+",
  " {2,}",
  "[0-9][0-9][0-9]",
  "\\p{N}{1,3}",
  " ?\\p{L}+|\\s+(?!\\S)",
  "(\\r\\n|\\n)",
  "``|''",
  "[\\u4e00-\\u9fa5]+",
  "\\x{41}",
])("%s is plain, or not known to be", (pattern) => expect(isPlainPattern(pattern)).toBe(pattern !== "\\x{41}"));

test.each([
  "(a+)+$",
  "(a|a)*$",
  "(?:a)+",
  "a*a*a*$",
  "a?a?a?aaa",
  "(?=a+)a",
  "a{1,30}a{1,30}b",
  "(a)\\1*",
  "a++b",
  "a*?b",
  "(?i:a",
  "[[a]b]+",
  "(?<n>a)",
  "(((a)))",
])("%s is not", (pattern) => expect(isPlainPattern(pattern)).toBe(false));

test("telling takes no time that grows out of proportion", () => {
  expect(isPlainPattern(`${"a".repeat(500_000)}(`)).toBe(false);
  expect(isPlainPattern(`${"(a|b)".repeat(100_000)}+`)).toBe(false);
});
