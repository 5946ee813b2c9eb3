import { expect, test } from "vitest";
import { importanceWeights } from "./importance-weights.ts";

const close = (values: ArrayLike<number>) => Array.from(values, (value) => expect.closeTo(value, 5));

test.each([
  ["token-truncate", [3, 0.5, 0]],
  ["token-mask", [0, 0.5, 0]],
  ["sequence-truncate", [2, 2, 0]],
  ["sequence-mask", [2, 2, 0]],
] as const)("%s: ratios 4 and ½, and 2 together, under a cap of 3", (correction, expected) => {
  const { weights, meanDifference, maxDifference, cappedFraction } = importanceWeights({
    oldLogprobs: Float32Array.of(Math.log(4), Math.log(0.5), 5),
    behaviourLogprobs: new Float32Array(3),
    mask: Uint8Array.of(1, 1, 0),
    shape: [1, 3],
    correction,
    cap: 3,
  });
  expect([...weights]).toEqual(close(expected));
  expect(meanDifference).toBeCloseTo((Math.log(4) + Math.log(2)) / 2, 5);
  expect(maxDifference).toBeCloseTo(Math.log(4), 5);
  expect(cappedFraction).toBe(correction.startsWith("token") ? 0.5 : 0);
});
