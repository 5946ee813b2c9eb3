import fc from "fast-check";
import { expect, test } from "vitest";
import { fitScale } from "./fit-scale.ts";

test("margins that are all right and of one size have the logit of their target, (n + 1) / (n + 2)", () => {
  expect(fitScale([1]).scale).toBeCloseTo(Math.log(2), 12); // 2/3
  expect(fitScale([1, 1]).scale).toBeCloseTo(Math.log(3), 12); // 3/4
  expect(fitScale([0.5, 0.5]).scale).toBeCloseTo(2 * Math.log(3), 12); // half the margin, twice the scale
});

test("a margin to the wrong side brings it down", () => {
  // Target t = 5/6. 3 (t − σ) − (t − (1 − σ)) = 0, so σ = (2t + 1) / 4 = 2/3.
  const { scale, accuracy, pairs } = fitScale([1, 1, 1, -1]);
  expect(scale).toBeCloseTo(Math.log(2), 12);
  expect(accuracy).toBe(0.75);
  expect(pairs).toBe(4);
});

test("it is the maximum of the likelihood", () => {
  const logLikelihood = (margins: readonly number[], scale: number) => {
    const target = (margins.length + 1) / (margins.length + 2);
    const logSigmoid = (x: number) => -Math.log1p(Math.exp(-x));
    return margins.reduce((sum, margin) => sum + target * logSigmoid(scale * margin) + (1 - target) * logSigmoid(-scale * margin), 0);
  };
  const margins = fc.array(fc.double({ min: -2, max: 6, noNaN: true }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(margins, (given) => {
      fc.pre(given.reduce((sum, margin) => sum + margin, 0) > 0.1);
      const { scale } = fitScale(given);
      const best = logLikelihood(given, scale);
      for (const other of [0.5 * scale, 0.9 * scale, 1.1 * scale, 2 * scale]) expect(logLikelihood(given, other)).toBeLessThanOrEqual(best);
    }),
  );
});

test.each([[[]], [[-1]], [[1, -1]], [[0, 0]], [[2, -1, -1.5]]])("%j point to no answer, or the wrong one: refused", (margins) => {
  expect(() => fitScale(margins)).toThrow(/point to the wrong answer on \d pairs/);
});

test("a margin of 0 counts half, and what is no number is refused", () => {
  expect(fitScale([1, 0]).accuracy).toBe(0.75);
  expect(() => fitScale([1, Number.NaN])).toThrow("no finite number");
});
