import { expect, test } from "vitest";
import { pairTokens } from "./compare-rows.js";

const row = (ids: number[], prompt = 1) => ({
  prompt: "",
  promptTokens: [{ id: prompt, text: "" }],
  tokens: ids.map((id) => ({ id, text: "", logprob: -1, advantage: 0, ratio: 1, alternatives: [] })),
});
const pairs = (ids: number[], other: ReturnType<typeof row> | undefined) => pairTokens(row(ids), other).map((token) => token?.id);

test("tokens pair as long as both are the same, and after that none does", () => {
  expect(pairs([5, 6, 7], row([5, 6, 7]))).toEqual([5, 6, 7]);
  expect(pairs([5, 6, 7, 8], row([5, 9, 7, 8]))).toEqual([5, undefined, undefined, undefined]);
  expect(pairs([5, 6], row([5]))).toEqual([5, undefined]);
});

test("answers to another prompt, or to none, pair with nothing", () => {
  expect(pairs([5], row([5], 2))).toEqual([undefined]);
  expect(pairs([5], undefined)).toEqual([undefined]);
});
