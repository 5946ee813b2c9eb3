import fc from "fast-check";
import { expect, test } from "vitest";
import { KlError } from "./error.ts";
import { shapeRewards } from "./shape-rewards.ts";

test("each token pays for its divergence, and the last one gets the score", () => {
  const { rewards, nonScoreRewards } = shapeRewards({
    kl: Float32Array.of(1, -2, 4, 3, 99, 99),
    scores: Float32Array.of(10, 20),
    mask: Uint8Array.of(1, 1, 1, 1, 0, 0),
    shape: [2, 3],
    coefficient: 0.5,
  });
  expect([...nonScoreRewards]).toEqual([-0.5, 1, -2, -1.5, 0, 0]);
  expect([...rewards]).toEqual([-0.5, 1, 8, 18.5, 0, 0]);
});

test("the last valid token is the one furthest right, also beyond a hole", () => {
  const { rewards } = shapeRewards({
    kl: new Float32Array(4),
    scores: Float32Array.of(7),
    mask: Uint8Array.of(0, 1, 0, 1),
    shape: [1, 4],
    coefficient: 1,
  });
  expect([...rewards]).toEqual([0, 0, 0, 7]);
});

test("a row without a valid token gets nothing", () => {
  const { rewards } = shapeRewards({
    kl: Float32Array.of(Number.NaN),
    scores: Float32Array.of(7),
    mask: new Uint8Array(1),
    shape: [1, 1],
    coefficient: 1,
  });
  expect([...rewards]).toEqual([0]);
});

test("a row's rewards add up to its score minus β times its divergence", () => {
  const row = fc.record({
    tokens: fc.array(fc.record({ kl: fc.integer({ min: -1024, max: 1024 }), valid: fc.boolean() }), { minLength: 5, maxLength: 5 }),
    score: fc.integer({ min: -1024, max: 1024 }),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
      const tokens = rows.flatMap((one) => one.tokens);
      const { rewards } = shapeRewards({
        kl: Float32Array.from(tokens, ({ kl }) => kl / 256),
        scores: Float32Array.from(rows, ({ score }) => score / 256),
        mask: Uint8Array.from(tokens, ({ valid }) => Number(valid)),
        shape: [rows.length, 5],
        coefficient: 0.25,
      });
      for (const [b, { tokens, score }] of rows.entries()) {
        const valid = tokens.filter((token) => token.valid);
        const divergence = valid.reduce((sum, { kl }) => sum + kl / 256, 0);
        const sum = rewards.subarray(5 * b, 5 * b + 5).reduce((a, reward) => a + reward, 0);
        expect(sum).toBe(valid.length === 0 ? 0 : score / 256 - 0.25 * divergence);
      }
    }),
  );
});

test.each([
  [{ kl: new Float32Array(3) }, "kl has 3 numbers, shape [2, 2] wants 4"],
  [{ mask: new Uint8Array(5) }, "mask has 5 numbers, shape [2, 2] wants 4"],
  [{ scores: new Float32Array(1) }, "scores has 1 numbers, one for each of 2 rows wants 2"],
  [{ scores: Float32Array.of(0, Number.NaN) }, "the score of row 1 is NaN"],
  [{ scores: Float32Array.of(-Infinity, 0) }, "the score of row 0 is -Infinity"],
  [{ coefficient: -0.1 }, "coefficient is -0.1: pass a finite number ≥ 0"],
])("bad input is refused: %o", (wrong, message) => {
  const good = { kl: new Float32Array(4), scores: new Float32Array(2), mask: new Uint8Array(4), shape: [2, 2] as const, coefficient: 0.1 };
  expect(() => shapeRewards({ ...good, ...wrong })).toThrow(KlError);
  expect(() => shapeRewards({ ...good, ...wrong })).toThrow(message);
});
