import { expect, test } from "vitest";
import { GaeError } from "./error.ts";
import { discountedReturns } from "./returns.ts";

test("each row sums its own rewards backwards, discounted, stepping over holes", () => {
  const returns = discountedReturns({
    rewards: Float32Array.of(1, 99, 2, 4, 8, 16, 0, 99),
    mask: Uint8Array.of(1, 0, 1, 1, 1, 1, 1, 0),
    shape: [2, 4],
    gamma: 0.5,
  });
  expect([...returns]).toEqual([1 + 0.5 * (2 + 0.5 * 4), 0, 4, 4, 16, 16, 0, 0]);
});

test("a row without valid tokens has returns of 0", () => {
  const returns = discountedReturns({ rewards: Float32Array.of(1, 2), mask: new Uint8Array(2), shape: [1, 2], gamma: 1 });
  expect([...returns]).toEqual([0, 0]);
});

test("bad input is refused", () => {
  const mask = new Uint8Array(2);
  expect(() => discountedReturns({ rewards: new Float32Array(3), mask, shape: [1, 2], gamma: 1 })).toThrow(GaeError);
  expect(() => discountedReturns({ rewards: new Float32Array(2), mask, shape: [1, 2], gamma: 2 })).toThrow("gamma is 2");
});
