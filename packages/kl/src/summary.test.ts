import { expect, test } from "vitest";
import { KlError } from "./error.ts";
import { klSummary } from "./summary.ts";

test("per sequence is the mean of the rows' sums, per token the mean of the valid tokens", () => {
  const summary = klSummary({ kl: Float32Array.of(1, 2, 4, 99, 99, 99), mask: Uint8Array.of(1, 1, 1, 0, 0, 0), shape: [2, 3] });
  expect(summary).toEqual({ perSequence: 7 / 2, perToken: 7 / 3 });
});

test("without tokens, or without rows, both are 0", () => {
  expect(klSummary({ kl: Float32Array.of(99), mask: new Uint8Array(1), shape: [1, 1] })).toEqual({ perSequence: 0, perToken: 0 });
  expect(klSummary({ kl: new Float32Array(), mask: new Uint8Array(), shape: [0, 4] })).toEqual({ perSequence: 0, perToken: 0 });
});

test("lengths that don't match the shape are refused", () => {
  expect(() => klSummary({ kl: new Float32Array(3), mask: new Uint8Array(4), shape: [2, 2] })).toThrow(KlError);
});
