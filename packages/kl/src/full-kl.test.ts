import fc from "fast-check";
import { expect, test } from "vitest";
import { KlError } from "./error.ts";
import { fullKl } from "./full-kl.ts";

const logs = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);

test("two distributions by hand, in both directions", () => {
  const { kl, reverseKl } = fullKl({ logits: logs(0.5, 0.5), refLogits: logs(0.25, 0.75), shape: [1, 2] });
  expect(kl[0]).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 6);
  expect(reverseKl[0]).toBeCloseTo(0.25 * Math.log(1 / 2) + 0.75 * Math.log(3 / 2), 6);
});

test("one number comes out for each position", () => {
  const logits = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
  expect(fullKl({ logits, refLogits: logits, shape: [2, 2, 3] }).kl).toEqual(new Float32Array(4));
  expect(fullKl({ logits, refLogits: logits, shape: [3, 4] }).reverseKl).toEqual(new Float32Array(3));
});

test("the temperature divides both", () => {
  const [logits, refLogits] = [Float32Array.of(2, 0), Float32Array.of(0, 4)];
  const halved = fullKl({ logits: Float32Array.of(1, 0), refLogits: Float32Array.of(0, 2), shape: [1, 2] });
  expect(fullKl({ logits, refLogits, shape: [1, 2], temperature: 2 })).toEqual(halved);
});

test("a token that one distribution rules out counts as 0·log 0 = 0 there, and as infinite the other way", () => {
  const { kl, reverseKl } = fullKl({ logits: logs(1, 0), refLogits: logs(0.5, 0.5), shape: [1, 2] });
  expect(kl[0]).toBeCloseTo(Math.LN2, 6);
  expect(reverseKl[0]).toBe(Infinity);
});

test("it is never negative, and nothing changes when all logits of a position move together", () => {
  const row = fc.float32Array({ minLength: 6, maxLength: 6, min: -20, max: 20, noNaN: true });
  fc.assert(
    fc.property(row, row, fc.integer({ min: -64, max: 64 }), (logits, refLogits, offset) => {
      const [kl] = fullKl({ logits, refLogits, shape: [1, 6] }).kl;
      const [moved] = fullKl({ logits: logits.map((x) => x + offset), refLogits, shape: [1, 6] }).kl;
      expect(kl).toBeGreaterThanOrEqual(0);
      expect(Math.abs(moved! - kl!)).toBeLessThan(1e-3);
    }),
  );
});

test("bad input is refused", () => {
  const four = new Float32Array(4);
  expect(() => fullKl({ logits: four, refLogits: new Float32Array(3), shape: [2, 2] })).toThrow(KlError);
  expect(() => fullKl({ logits: four, refLogits: four, shape: [3, 2] })).toThrow("logits has 4 numbers, shape [3, 2] wants 6");
  expect(() => fullKl({ logits: new Float32Array(), refLogits: new Float32Array(), shape: [2, 0] })).toThrow("has no vocabulary");
  expect(() => fullKl({ logits: four, refLogits: four, shape: [2, 2], temperature: 0 })).toThrow("temperature is 0");
});
