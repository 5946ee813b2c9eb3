import fc from "fast-check";
import { expect, test } from "vitest";
import { likeliest } from "./likeliest.ts";

const all = { temperature: 1, topP: 1, blockedIds: [] };
const weigh = (logits: Float32Array) => Float64Array.from(logits, Math.exp);

test("ids come likeliest first, equal logits by lower id, and 0 equals −0", () => {
  const logits = Float32Array.of(-1, -0, 2, 0, 2, -2);
  expect([...likeliest(logits, weigh(logits), { ...all, topK: 5 })]).toEqual([2, 4, 1, 3, 0]);
});

test("tokens of weight 0 are never kept", () => {
  expect([...likeliest(Float32Array.of(1, 5, 2), Float64Array.of(1, 0, 2), { ...all, topK: 2 })]).toEqual([2, 0]);
});

test("top-p keeps the shortest start whose mass reaches p, at least one token", () => {
  const logits = new Float32Array(4);
  const kept = (topP: number) => likeliest(logits, weigh(logits), { ...all, topK: 4, topP }).length;
  expect([0.01, 0.25, 0.26, 0.5, 0.51, 0.75, 0.99, 0.9999].map(kept)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
});

test("for any logits the result is that of sorting everything", () => {
  const logits = fc.float32Array({ minLength: 1, maxLength: 200, noNaN: true, min: -8, max: 8 });
  const coarse = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 200 }).map((row) => Float32Array.from(row));
  const topP = fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 0.999, noNaN: true }));
  fc.assert(
    fc.property(fc.oneof(logits, coarse), fc.integer({ min: 1, max: 200 }), topP, (row, k, topP) => {
      const topK = Math.min(k, row.length);
      const weights = weigh(row);
      const sorted = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, topK);
      const mass = sorted.reduce((sum, id) => sum + weights[id]!, 0);
      const kept = [...likeliest(row, weights, { temperature: 1, topK, topP, blockedIds: [] })];
      expect(kept).toEqual(sorted.slice(0, kept.length));
      const reached = (count: number) => sorted.slice(0, count).reduce((sum, id) => sum + weights[id]!, 0) / mass;
      expect(reached(kept.length)).toBeGreaterThanOrEqual(topP - 1e-12);
      expect(kept.length === 1 || reached(kept.length - 1) < topP + 1e-12).toBe(true);
      if (topP === 1) expect(kept.length).toBe(topK);
    }),
    { numRuns: 300 },
  );
});
