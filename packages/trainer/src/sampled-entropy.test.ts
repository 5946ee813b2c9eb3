import { expect, test } from "vitest";
import { sampledEntropy } from "./sampled-entropy.ts";

test("it is the mean of −log p over the tokens that count", () => {
  expect(sampledEntropy(Float32Array.of(-1, -3, -9), Uint8Array.of(1, 1, 0))).toBe(2);
  expect(sampledEntropy(Float32Array.of(-1), Uint8Array.of(0))).toBeNaN();
});

test("draws of a fair coin tell its entropy, ln 2", () => {
  const heads = new Float32Array(8).fill(Math.log(0.5));
  expect(sampledEntropy(heads, new Uint8Array(8).fill(1))).toBeCloseTo(Math.LN2, 6);
});
