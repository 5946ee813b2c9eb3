import { expect, test } from "vitest";
import { type GatedRevision, refusalOnSight } from "./revision-gate.ts";

const limits = { maxOverlap: 0.9, copiedWords: 8, minLengthRatio: 0.5, minDistinct: 0.8, refuseCut: true };
const words = (from: number, count: number) => Array.from({ length: count }, (_, i) => `w${from + i}`).join(" ");
const gated: GatedRevision = {
  original: "Fool yourself, and leave me alone.",
  revision: "I am sorry to hear that you are upset.",
  ending: "finished",
  critique: "The answer insults the person instead of staying calm.",
  prompt: ["You are a fool and you know it."],
  requests: ["Say where it isn't calm.", "Write it anew, calmly."],
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
  expect(refusal({ original: "No.", revision: "Paris.", prompt: ["Is it Paris or London?"] })).toBeUndefined();
});

test("eight words in a row from a request, the critique or an example are a copy, whatever stands around them", () => {
  const revision = (run: string) => `I am sorry: ${run}; so I would say`;
  for (const [field, reason] of [
    ["requests", "copy-of-request"],
    ["examples", "copy-of-example"],
  ] as const) {
    expect(refusal({ [field]: [words(0, 12)], revision: revision(words(2, 8)) })).toBe(reason);
    expect(refusal({ [field]: [words(0, 12)], revision: revision(words(2, 7)) })).toBeUndefined();
  }
  expect(refusal({ critique: words(0, 12), revision: revision(words(2, 8)) })).toBe("copy-of-critique");
});

test("what the critique quotes of the original, or of the prompt, may stay", () => {
  const critique = `The answer says: ${words(0, 8)}.`;
  const revision = `${words(0, 8)}, and I am sorry`;
  expect(refusal({ critique, revision })).toBe("copy-of-critique");
  expect(refusal({ critique, revision, original: `${words(0, 8)}, you fool` })).toBeUndefined();
  expect(refusal({ critique, revision, prompt: [words(0, 9)] })).toBeUndefined();
});

test("a revision that was cut is refused, unless that is no matter; one that is open, or of which nobody knows, is not", () => {
  expect(refusal({ ending: "cut" })).toBe("cut");
  expect(refusalOnSight({ ...gated, ending: "cut" }, { ...limits, refuseCut: false })).toBeUndefined();
  for (const ending of ["open", "unknown"] as const) expect(refusal({ ending })).toBeUndefined();
  expect(refusal({ ending: "cut", revision: "Calm down now ok" })).toBe("too-short"); // what says more comes first
});

test("a revision that goes round in circles is refused", () => {
  expect(refusal({ revision: "I am here to help. I am here to help. I am here to help." })).toBe("repetitive"); // 5 of 13 trigrams
});
