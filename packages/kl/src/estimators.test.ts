import { expect, test } from "vitest";
import { type KlEstimator, klEstimators } from "./estimators.ts";

test.each([
  ["k1", 2, 2, 1],
  ["k2", 2, 2, 2],
  ["k3", 2, Math.exp(-2) + 1, 1 - Math.exp(-2)],
  ["abs", 2, 2, 1],
  ["k1", -2, -2, 1],
  ["k2", -2, 2, -2],
  ["k3", -2, Math.exp(2) - 3, 1 - Math.exp(2)],
  ["abs", -2, 2, -1],
] as const)("%s of %d is %d, with slope %d", (estimator, difference, value, slope) => {
  const estimate = klEstimators[estimator](difference);
  expect(estimate.value).toBeCloseTo(value, 12);
  expect(estimate.slope).toBeCloseTo(slope, 12);
});

test.each(Object.keys(klEstimators) as KlEstimator[])("the slope of %s is what its value grows by", (estimator) => {
  const { value } = klEstimators[estimator](0);
  expect(value).toBe(0);
  for (const d of [-3, -0.5, 0.25, 4]) {
    const [less, more] = [klEstimators[estimator](d - 1e-5), klEstimators[estimator](d + 1e-5)];
    // A central difference is off by h²·f'''/6, here at most 4e-10, and by rounding, 1e-16·20/1e-5.
    expect(Math.abs((more.value - less.value) / 2e-5 - klEstimators[estimator](d).slope)).toBeLessThan(2e-9);
  }
});
