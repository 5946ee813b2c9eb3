import { normals } from "@cai/random";
import { expect, test } from "vitest";
import { fitOverOptimisation } from "./fit-over-optimisation.ts";

test("points on the curve give it back: 1 + d·(2 − d/2) has its peak at 2", () => {
  const distances = [0, 0.5, 1, 2, 3, 5];
  const fit = fitOverOptimisation({ distances, rewards: distances.map((d) => 1 + d * (2 - 0.5 * d)) })!;
  expect(fit.start).toBeCloseTo(1, 9);
  expect(fit.alpha).toBeCloseTo(2, 9);
  expect(fit.beta).toBeCloseTo(0.5, 9);
  expect(fit.peak).toBeCloseTo(2, 9);
  expect(fit.explained).toBeCloseTo(1, 12);
});

test("a line has no peak, a fall from the start has none either", () => {
  const distances = [0, 1, 2, 3, 4];
  const peakOf = (rewards: number[]) => fitOverOptimisation({ distances, rewards })!.peak;
  expect(peakOf(distances.map((d) => -d - d * d))).toBeNull();
  expect(peakOf(distances.map((d) => d + d * d))).toBeNull();
});

test("at the least squares the residuals are at right angles to every term", () => {
  const distances = [0.1, 0.4, 0.9, 1.3, 2.2, 2.9, 3.1];
  const noise = normals({ seed: 3, stream: "noise", counters: [], count: 7 });
  const rewards = distances.map((d, i) => d * (1 - 0.2 * d) + 0.3 * noise[i]!);
  const { start, alpha, beta, explained } = fitOverOptimisation({ distances, rewards })!;
  const residuals = distances.map((d, i) => rewards[i]! - start - d * (alpha - beta * d));
  for (const power of [0, 1, 2]) expect(residuals.reduce((sum, value, i) => sum + value * distances[i]! ** power, 0)).toBeCloseTo(0, 9);
  expect(explained).toBeGreaterThan(0);
  expect(explained).toBeLessThan(1);
});

test("too few points have none", () => {
  expect(fitOverOptimisation({ distances: [0, 1, 2, 3], rewards: [0, 1, 2, 3] })).toBeNull();
  expect(fitOverOptimisation({ distances: [0, 0, 1, 1, 1], rewards: [0, 1, 2, 3, 4] })).toBeNull();
});
