import { expect, test } from "vitest";
import { type GatedRevision, refusalOnSight } from "./revision-gate.ts";

const limits = { maxOverlap: 0.9, minLengthRatio: 0.5 };
const words = (from: number, count: number) => Array.from({ length: count }, (_, i) => `w${from + i}`).join(" ");
const gated: GatedRevision = {
  original: "Fool yourself, and leave me alone.",
  revision: "I am sorry to hear that you are upset.",
  critique: "The answer insults the person instead of staying calm.",
  requests: ["You are a fool and you know it.", "Say where it isn't calm.", "Write it anew, calmly."],
  examples: ["Hello, what can I do for you?"],
};
const refusal = (changes: Partial<GatedRevision>) => refusalOnSight({ ...gated, ...changes }, limits);

test("a revision that says something else at some length passes", () => {
  expect(refusal({})).toBeUndefined();
});

test.each([
  ["", "empty"],
  [" …\n", "empty"],
  ["You are a fool and you know it!", "copy-of-request"],
  ["are a fool and you know", "copy-of-request"],
  ["Write it anew, calmly.", "copy-of-request"],
  ["The answer insults the person instead of staying calm", "copy-of-critique"],
  ["Hello. What can I do for you?", "copy-of-example"],
  ["fool yourself and  LEAVE me alone!!", "unchanged"],
  ["Calm down now.", "too-short"], // 14 of 34 characters
])("%j is refused as %s", (revision, reason) => {
  expect(refusal({ revision })).toBe(reason);
});

test("half as many characters are enough, one fewer is not", () => {
  expect(refusal({ revision: "Calm down now, ok" })).toBeUndefined(); // 17 of 34
  expect(refusal({ revision: "Calm down now ok" })).toBe("too-short");
});

test("a copy with few words changed is refused, one with a new sentence is not", () => {
  const original = words(0, 100);
  expect(refusal({ original, revision: original.replace("w50", "x") })).toBe("near-copy"); // 95 of 101 trigrams
  expect(refusal({ original, revision: `${original} ${words(100, 8)}` })).toBe("near-copy"); // 98 of 106
  expect(refusal({ original, revision: `${original} ${words(100, 12)}` })).toBeUndefined(); // 98 of 110
});

test("the original in other words of the prompt's, or a short answer that the prompt names, is no copy of a request", () => {
  expect(refusal({ original: "No.", revision: "Paris.", requests: ["Is it Paris or London?"] })).toBeUndefined();
});
