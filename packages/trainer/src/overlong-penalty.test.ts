import { expect, test } from "vitest";
import { withoutOverlong } from "./overlong-penalty.ts";

const responses = { ids: new Int32Array(12), mask: Uint8Array.of(1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1), shape: [3, 4] as const };
const scores = Float32Array.of(1, 1, 1);

test("the last tokens before the limit cost more and more", () => {
  // lengths 2, 3, 4 of at most 4, a buffer of 2: nothing, half, the whole penalty
  const settings = { maxNewTokens: 4, overlongBuffer: 2, overlongPenalty: 3 };
  expect([...withoutOverlong(scores, { responses }, settings)]).toEqual([1, -0.5, -2]);
});

test("without a buffer nothing does", () => {
  expect(withoutOverlong(scores, { responses }, { maxNewTokens: 4, overlongBuffer: 0, overlongPenalty: 3 })).toBe(scores);
});
