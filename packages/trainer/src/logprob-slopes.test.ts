import { expect, test } from "vitest";
import { logprobSlopes } from "./logprob-slopes.ts";

const surrogate = Float32Array.of(1, 2);
const penalty = { weight: 0.5, slopes: Float32Array.of(4, -8) };

test("ratio and KL share one number where nothing was left out", () => {
  expect(logprobSlopes(surrogate, undefined, {})).toEqual({ logprobs: surrogate });
  expect(logprobSlopes(surrogate, penalty, {})).toEqual({ logprobs: Float32Array.of(3, -2) });
});

test("over kept tokens the ratio has its own, and the KL is the full vocabulary's", () => {
  const numbers = { fullLogprobs: new Float32Array(2) };
  expect(logprobSlopes(surrogate, undefined, numbers)).toEqual({ logprobs: surrogate });
  expect(logprobSlopes(surrogate, penalty, numbers)).toEqual({ logprobs: surrogate, fullLogprobs: Float32Array.of(2, -4) });
});
