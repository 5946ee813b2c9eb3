import { drawTokens } from "@cai/sampling";
import fc from "fast-check";
import { expect, test } from "vitest";
import { drawFromSums } from "./draw-from-sums.ts";

// 1/8, 4/8 | 1/8, 2/8: two parts of 5/8 and 3/8.
const draw = (uniform: number, blockedIds: number[] = []) => {
  const drawn = drawFromSums({
    probabilities: Float32Array.of(0.125, 0.5, 0.125, 0.25),
    sums: Float32Array.of(0.625, 0.375),
    uniform,
    blockedIds,
  })!;
  return { id: drawn.id, probability: Math.exp(drawn.logprob) };
};

test("a token is drawn where the cumulative distribution exceeds the uniform, in whichever part", () => {
  expect(draw(0)).toEqual({ id: 0, probability: expect.closeTo(1 / 8) });
  expect(draw(0.6249)).toEqual({ id: 1, probability: expect.closeTo(1 / 2) });
  expect(draw(0.6251)).toEqual({ id: 2, probability: expect.closeTo(1 / 8) });
  expect(draw(1 - 2 ** -53)).toEqual({ id: 3, probability: expect.closeTo(1 / 4) });
});

test("blocked ids are never drawn, and nobody's probability counts them", () => {
  expect(draw(0.3, [1])).toEqual({ id: 2, probability: expect.closeTo(1 / 4) });
  expect(draw(0, [0, 1])).toEqual({ id: 2, probability: expect.closeTo(1 / 3) });
  expect(draw(0.999, [3, 2])).toEqual({ id: 1, probability: expect.closeTo(4 / 5) });
});

test("the same tokens are drawn as by a pass over all logits", () => {
  const cases = fc.record({
    logits: fc.float32Array({ minLength: 12, maxLength: 12, noNaN: true, noDefaultInfinity: true, min: -20, max: 20 }),
    uniform: fc.double({ min: 0, max: 0.999, noNaN: true }),
    blockedIds: fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(cases, ({ logits, uniform, blockedIds }) => {
      const wanted = drawTokens({ logits, shape: [1, 12], uniforms: Float64Array.of(uniform), blockedIds });
      const max = Math.max(...logits);
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0);
      const probabilities = logits.map((logit) => Math.exp(logit - max) / total);
      const sums = Float32Array.from({ length: 4 }, (_, block) => probabilities.slice(3 * block, 3 * block + 3).reduce((a, b) => a + b));
      const drawn = drawFromSums({ probabilities, sums, uniform, blockedIds });
      if (drawn === undefined) return;
      // Where the uniform falls right between two tokens, rounding decides.
      const beside = Math.min(Math.max(uniform + (drawn.id > wanted.ids[0]! ? 1e-5 : -1e-5), 0), 0.9999);
      if (drawn.id !== wanted.ids[0])
        expect(drawTokens({ logits, shape: [1, 12], uniforms: Float64Array.of(beside), blockedIds }).ids[0]).toBe(drawn.id);
      else expect(drawn.logprob).toBeCloseTo(wanted.logprobs[0]!, 3);
    }),
  );
});

test("sums that rounding left too large or too small still give a token that can be drawn", () => {
  const probabilities = Float32Array.of(0.5, 0.5, 0, 0);
  expect(drawFromSums({ probabilities, sums: Float32Array.of(1.001, 0), uniform: 0.9999, blockedIds: [] })!.id).toBe(1);
  expect(drawFromSums({ probabilities, sums: Float32Array.of(0.999, 0.001), uniform: 0.9999, blockedIds: [] })!.id).toBe(1);
});

test("what is no distribution any more is left to a pass over all logits", () => {
  const probabilities = Float32Array.of(1, 0, 0, 0);
  expect(drawFromSums({ probabilities, sums: Float32Array.of(1, 0), uniform: 0.5, blockedIds: [0] })).toBeUndefined();
  expect(
    drawFromSums({ probabilities: new Float32Array(4), sums: Float32Array.of(Number.NaN, 0), uniform: 0.5, blockedIds: [] }),
  ).toBeUndefined();
});
