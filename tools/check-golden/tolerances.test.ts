import { uniforms } from "@cai/random";
import { expect, test } from "vitest";
import { compareNumbers, holds } from "./compare.ts";
import { adamTolerance, type FirstAdamStep, firstAdamStepTolerance } from "./tolerances.ts";

const step = { scale: 1, learningRate: 1e-3, epsilon: 1e-8, measuredNoise: 0 } satisfies Partial<FirstAdamStep>;
const bound = (gradient: number, given: Partial<FirstAdamStep> = {}) =>
  firstAdamStepTolerance({ ...step, gradients: [gradient], weights: [0], ...given }).units![0]!;

test("where the gradient is large, the weight is known to the rounding: lr·1e-5, and three roundings of the weight on either side", () => {
  expect(bound(0.01)).toBeCloseTo(1e-8, 10);
  expect(bound(0.01, { weights: [2] })).toBeCloseTo(1e-8 + 12 * 2 ** -24, 10);
});

test("where it is near the noise of 6e-7, by hand: u(1e-6) = 1/1.01, u(4e-7) = 0.4/0.41", () => {
  expect(bound(1e-6)).toBeCloseTo(1e-3 * (1 / 1.01 - 0.4 / 0.41) + 1e-8, 9);
  expect(bound(-1e-6)).toBeCloseTo(bound(1e-6), 15);
});

test("where it is noise itself, the step may have either sign: u(6e-7) = 0.6/0.61 more or less", () => {
  expect(bound(0)).toBeCloseTo(1e-3 * (0.6 / 0.61), 7);
  expect(bound(6e-7)).toBeCloseTo(1e-3 * (0.6 / 0.61), 7);
  expect(bound(3e-7)).toBeCloseTo(1e-3 * (0.3 / 0.31 + 0.3 / 0.31), 7);
});

test("more noise that was measured counts, up to what gradients may be off; clipping scales gradient and noise alike", () => {
  const sensitivity = (gradient: number, noise: number) =>
    1e-3 * (gradient / (gradient + 1e-8) - (gradient - noise) / (gradient - noise + 1e-8));
  expect(bound(1e-4, { measuredNoise: 2e-6 })).toBeCloseTo(sensitivity(1e-4, 2e-6) + 1e-8, 12);
  expect(bound(1e-4, { measuredNoise: 1 })).toBeCloseTo(sensitivity(1e-4, 1e-5) + 1e-8, 12);
  expect(bound(1e-4, { measuredNoise: 2e-6, scale: 0.2 })).toBeCloseTo(sensitivity(2e-5, 4e-7) + 1e-8, 12);
});

/** PyTorch's first step in float64, without weight decay. */
const stepped = (weight: number, gradient: number) => weight - (1e-3 * gradient) / (Math.abs(gradient) + 1e-8);

test("whatever noise the gradients have, the weights hold; the one tolerance of 2e-6 that there was did not", () => {
  const draws = uniforms({ seed: 1, stream: "noise", counters: [0], count: 30_000 });
  let beyondOne = 0;
  for (let i = 0; i < draws.length; i += 3) {
    const gradient = 10 ** (-9 + 9 * draws[i]!) * (draws[i + 1]! < 0.5 ? -1 : 1); // 1e-9 … 1
    const computed = gradient + 6e-7 * (2 * draws[i + 2]! - 1);
    const [expected, weight] = [stepped(0.5, gradient), Math.fround(stepped(0.5, computed))];
    const tolerance = firstAdamStepTolerance({ ...step, gradients: [computed], weights: [weight] });
    expect(holds(compareNumbers("weight", weight, expected, tolerance)), `gradient ${gradient}, computed ${computed}`).toBe(true);
    if (Math.abs(computed) > 1e-6 && Math.abs(weight - expected) > 2e-6) beyondOne++;
  }
  expect(beyondOne).toBeGreaterThan(0);
});

test("a weight that is off by 5e-6 where the gradient is large does not hold, nor one that went the other way", () => {
  const weights = [0.5, -1.2, 3];
  const gradients = [0.3, -0.002, 1e-4];
  const tolerance = firstAdamStepTolerance({ ...step, gradients, weights });
  const holdsAt = (shifts: readonly number[]) =>
    holds(
      compareNumbers(
        "weights",
        weights.map((weight, i) => weight + shifts[i]!),
        weights,
        tolerance,
      ),
    );
  expect(holdsAt([0, 0, 0])).toBe(true);
  for (const place of [0, 1, 2]) expect(holdsAt([0, 1, 2].map((i) => (i === place ? 5e-6 : 0)))).toBe(false);
  expect(holdsAt([2e-3, 0, 0])).toBe(false);
});

test("the second step's doubt is that of its own update on top of the first's; noise that follows a large gradient says little", () => {
  const both = (first: number, second: number) =>
    adamTolerance({
      steps: [first, second].map((gradient) => ({ gradients: [gradient], scale: 1, measuredNoise: 0 })),
      weights: [0],
      ...{ learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    }).units![0]!;
  expect(both(0.01, 0.02)).toBeLessThan(1e-6);
  expect(both(0.01, 0)).toBeLessThan(1e-6);
  // Noise in both: the second may turn the step from +1 to −1 and back, by at most as much as the first.
  expect(both(0, 0)).toBeGreaterThan(bound(0));
  expect(both(0, 0)).toBeLessThan(4e-3);
});
