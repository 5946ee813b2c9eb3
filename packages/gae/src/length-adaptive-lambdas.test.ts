import { expect, test } from "vitest";
import { GaeError } from "./error.ts";
import { lengthAdaptiveLambdas } from "./length-adaptive-lambdas.ts";

test("λ is 1 − 1/(α·l): the longer the row, the nearer to 1", () => {
  const mask = Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 0);
  expect([...lengthAdaptiveLambdas({ mask, shape: [2, 4], alpha: 1 })]).toEqual([0.75, 0.5]);
});

test("rows too short for α have λ 0, and so have empty ones", () => {
  const mask = Uint8Array.of(1, 0, 0, 0);
  expect([...lengthAdaptiveLambdas({ mask, shape: [2, 2], alpha: 0.5 })]).toEqual([0, 0]);
});

test("a response of 1000 tokens has 0.98 with the paper's α", () => {
  expect(lengthAdaptiveLambdas({ mask: new Uint8Array(1000).fill(1), shape: [1, 1000], alpha: 0.05 })[0]).toBeCloseTo(0.98, 12);
});

test("bad input is refused", () => {
  expect(() => lengthAdaptiveLambdas({ mask: new Uint8Array(3), shape: [2, 2], alpha: 1 })).toThrow(GaeError);
  for (const alpha of [0, -1, Number.NaN, Infinity])
    expect(() => lengthAdaptiveLambdas({ mask: new Uint8Array(4), shape: [2, 2], alpha })).toThrow(`alpha is ${alpha}`);
});
