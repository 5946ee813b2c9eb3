import { expect, test } from "vitest";
import { distinctShare, takesRun, textContained, textOverlap, wordsOf } from "./text-overlap.ts";

test("words are without case, punctuation and spaces, also where a language writes none", () => {
  expect(wordsOf("  “Don't, Zoë!”\n 3.5 ")).toEqual(["don't", "zoë", "3.5"]);
  expect(wordsOf("私は学生です").length).toBeGreaterThan(2);
});

test.each([
  ["one two three four", "one two three five", 1 / 3], // {123, 234}, {123, 235}
  ["One, two: three.", "one two  THREE", 1],
  ["a b c d e", "a b c d e f", 3 / 4],
  ["yes", "yes", 1],
  ["yes", "yes indeed", 0],
  ["yes", "no", 0],
  ["", "", 1],
  ["", "one", 0],
])("%j and %j have %d in common, either way", (a, b, overlap) => {
  expect(textOverlap(a, b)).toBe(overlap);
  expect(textOverlap(b, a)).toBe(overlap);
});

test.each([
  ["b c d", "a b c d e", 1],
  ["b c d x", "a b c d e", 1 / 2],
  ["a b c d e", "b c d", 1 / 3],
  ["Paris", "Paris or London?", 0], // a short answer is no copy of the question that names it
  ["Paris", "Paris", 1],
  ["", "anything", 0],
])("of %j, %j holds %d", (part, whole, share) => {
  expect(textContained(part, whole)).toBe(share);
});

test("words in a row are taken from a text, unless another one has them too", () => {
  const source = "a b c d e f";
  const takes = (text: string, words: number, ...allowed: string[]) => takesRun(text, source, { words, allowed });
  expect([takes("x b c d y", 3), takes("x b c d y", 4), takes("b c x d e", 3)]).toEqual([true, false, false]);
  expect(takes("x B, C. d y", 3, "b c d")).toBe(false);
  expect(takes("x b c d e y", 3, "b c d")).toBe(true); // c d e
});

test.each([
  ["a b c d", 1],
  ["a b c a b c a b c", 3 / 7], // abc bca cab abc bca cab abc
  ["a b", 1],
  ["", 1],
])("of the trigrams of %j, %d are distinct", (text, share) => {
  expect(distinctShare(text)).toBe(share);
});
