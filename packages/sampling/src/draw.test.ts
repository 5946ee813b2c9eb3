import fc from "fast-check";
import { expect, test } from "vitest";
import { drawTokens } from "./draw.ts";
import { SamplingError } from "./error.ts";
import { filteredProbabilities } from "./probabilities.ts";

// Probabilities 1/8, 4/8, 1/8, 2/8.
const logits = Float32Array.of(0, Math.log(4), 0, Math.log(2));
const draw = (uniform: number, options = {}) => {
  const { ids, logprobs } = drawTokens({ logits, shape: [1, 4], uniforms: Float64Array.of(uniform), ...options });
  return { id: ids[0]!, probability: Math.exp(logprobs[0]!) };
};

test("a token is drawn where the cumulative distribution, in id order, exceeds the uniform", () => {
  expect(draw(0)).toEqual({ id: 0, probability: expect.closeTo(1 / 8) });
  expect(draw(0.1249).id).toBe(0);
  expect(draw(0.1251)).toEqual({ id: 1, probability: expect.closeTo(1 / 2) });
  expect(draw(0.6249).id).toBe(1);
  expect(draw(0.6251).id).toBe(2);
  expect(draw(0.7501)).toEqual({ id: 3, probability: expect.closeTo(1 / 4) });
  expect(draw(1 - 2 ** -53).id).toBe(3);
});

test("temperature sharpens or flattens", () => {
  // At 1/2 the weights are squared: 1, 16, 1, 4 of 22.
  expect(draw(0.5, { temperature: 0.5 })).toEqual({ id: 1, probability: expect.closeTo(16 / 22) });
  // At 2 their roots are taken: 1, 2, 1, √2.
  expect(draw(0.99, { temperature: 2 })).toEqual({ id: 3, probability: expect.closeTo(Math.SQRT2 / (4 + Math.SQRT2)) });
});

test("top-k and top-p restrict, and the log-probability is that of what is left", () => {
  expect(draw(0.7, { topK: 2 })).toEqual({ id: 3, probability: expect.closeTo(1 / 3) });
  expect(draw(0, { topK: 1 })).toEqual({ id: 1, probability: expect.closeTo(1) });
  expect(draw(0.7, { topP: 0.7 })).toEqual({ id: 3, probability: expect.closeTo(1 / 3) });
  expect(draw(0.999, { topP: 0.01 })).toEqual({ id: 1, probability: expect.closeTo(1) });
});

test("where tokens were left out, the ids that each was drawn from come too, ascending", () => {
  const kept = (options = {}) =>
    drawTokens({ logits, shape: [1, 4], uniforms: Float64Array.of(0.5), ...options }).kept?.map((ids) => [...ids]);
  expect(kept({ topK: 2 })).toEqual([[1, 3]]);
  expect(kept({ topP: 0.7 })).toEqual([[1, 3]]);
  expect(kept({ topK: 3, blockedIds: [1] })).toEqual([[0, 2, 3]]);
  for (const options of [{}, { topK: 4 }, { topP: 1 }, { blockedIds: [1] }, { temperature: 0, topK: 2 }])
    expect(kept(options)).toBeUndefined();
});

test("top-p is taken of what top-k has left", () => {
  // Of 4/6 and 2/6 the first alone reaches 0.6; of all it would not.
  expect(draw(0.99, { topK: 2, topP: 0.6 }).id).toBe(1);
  expect(draw(0.99, { topP: 0.6 }).id).toBe(3);
});

test("on ties the lower ids are kept", () => {
  expect(draw(0.99, { topK: 3 }).id).toBe(3);
  expect(draw(0.01, { topK: 3 }).id).toBe(0);
  expect(filteredProbabilities({ logits, topK: 3 }).kept).toEqual(Uint8Array.of(1, 1, 0, 1));
});

test("blocked ids are never drawn, and nobody's probability counts them", () => {
  expect(draw(0.3, { blockedIds: [1] })).toEqual({ id: 2, probability: expect.closeTo(1 / 4) });
  expect(draw(0.99, { blockedIds: [1], topK: 1 })).toEqual({ id: 3, probability: expect.closeTo(1) });
  expect(draw(0.3, { blockedIds: [1], temperature: 0 })).toEqual({ id: 3, probability: expect.closeTo(1 / 2) });
  expect(draw(0.3, { blockedIds: [0, 1, 2, 2] })).toEqual({ id: 3, probability: expect.closeTo(1) });
});

test("temperature 0 takes the likeliest token, the lowest id on ties, with its probability at temperature 1", () => {
  expect(draw(0.99, { temperature: 0, topK: 1 })).toEqual({ id: 1, probability: expect.closeTo(1 / 2) });
  const tied = drawTokens({ logits: Float32Array.of(-1, 2, 2), shape: [1, 3], uniforms: Float64Array.of(0.99), temperature: 0 });
  expect(tied.ids[0]).toBe(1);
});

test("rows are drawn independently, each with its own uniform", () => {
  const { ids } = drawTokens({
    logits: Float32Array.of(0, 0, 0, 50, 50, 0),
    shape: [3, 2],
    uniforms: Float64Array.of(0.75, 0.25, 0.75),
  });
  expect([...ids]).toEqual([1, 1, 0]);
});

test("very large and very small logits are no trouble", () => {
  const { ids, logprobs } = drawTokens({
    logits: Float32Array.of(-3e38, 3e38, 3e38, 0),
    shape: [1, 4],
    uniforms: Float64Array.of(0.6),
  });
  expect(ids[0]).toBe(2);
  expect(logprobs[0]).toBeCloseTo(-Math.LN2, 6);
});

test("even numbers spread over [0, 1) draw each token as often as its probability says", () => {
  const options = { temperature: 0.8, topK: 5, topP: 0.95, blockedIds: [2] };
  const logits = Float32Array.of(0.3, 1.2, 4, -1, 0.9, 0.1, -0.4, 0.8);
  const { probs } = filteredProbabilities({ logits, ...options });
  const draws = 1000;
  const counts = new Float64Array(8);
  for (let i = 0; i < draws; i++) {
    const { ids } = drawTokens({ logits, shape: [1, 8], uniforms: Float64Array.of((i + 0.5) / draws), ...options });
    counts[ids[0]!]!++;
  }
  for (let id = 0; id < 8; id++) expect(Math.abs(counts[id]! - probs[id]! * draws)).toBeLessThanOrEqual(1);
});

test("whatever the filters, the drawn token is kept and its log-probability is its probability's", () => {
  const row = fc.float32Array({ minLength: 2, maxLength: 12, noNaN: true, min: -30, max: 30 });
  const filters = fc.record(
    {
      temperature: fc.constantFrom(0.1, 0.7, 1, 3),
      topK: fc.integer({ min: 1, max: 14 }),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(row, filters, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (logits, options, uniform) => {
      const { kept, probs } = filteredProbabilities({ logits, ...options });
      const { ids, logprobs } = drawTokens({ logits, shape: [1, logits.length], uniforms: Float64Array.of(uniform), ...options });
      expect(kept[ids[0]!]).toBe(1);
      expect(Math.exp(logprobs[0]!)).toBeCloseTo(probs[ids[0]!]!, 5);
    }),
  );
});

test.each([
  [{ logits: Float32Array.of(1, 2, 3) }, "3 logits given, shape [1, 4] wants 4"],
  [{ uniforms: Float64Array.of(0.1, 0.2) }, "2 uniforms given for 1 rows"],
  [{ uniforms: Float64Array.of(1) }, "a uniform is 1"],
  [{ uniforms: Float64Array.of(Number.NaN) }, "a uniform is NaN"],
  [{ temperature: -1 }, "temperature is -1"],
  [{ temperature: Number.NaN }, "temperature is NaN"],
  [{ topK: 0 }, "topK is 0"],
  [{ topK: 1.5 }, "topK is 1.5"],
  [{ topP: 0 }, "topP is 0"],
  [{ topP: 1.1 }, "topP is 1.1"],
  [{ blockedIds: [4] }, "blocked id 4 is not in the vocabulary"],
  [{ blockedIds: [0, 1, 2, 3] }, "all 4 ids are blocked"],
  [{ logits: new Float32Array(), shape: [1, 0] as const }, "a vocabulary of 0 tokens"],
])("options that can't be are refused: %o", (wrong, message) => {
  const attempt = () => drawTokens({ logits, shape: [1, 4], uniforms: Float64Array.of(0.5), ...wrong });
  expect(attempt).toThrow(SamplingError);
  expect(attempt).toThrow(message);
});

test.each([Number.NaN, Infinity, -Infinity])("a logit of %d is refused, with its row and token", (bad) => {
  const attempt = () => drawTokens({ logits: Float32Array.of(0, 0, 0, bad), shape: [2, 2], uniforms: Float64Array.of(0.1, 0.1) });
  expect(attempt).toThrow(`the logit of token 1 in row 1 is ${bad}`);
  expect(attempt).toThrow(expect.objectContaining({ code: "not-finite" }));
});
