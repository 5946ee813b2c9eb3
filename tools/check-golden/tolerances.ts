import type { Tolerance } from "./compare.ts";

/** The largest difference between float32 and float64 gradients, as it was measured when the golden files were made. */
const gradientNoise = 6e-7;
/** Of a float32 number: half a unit in the last place. */
const rounding = 2 ** -24;
/** Of the three operations that make a new weight out of an old one and its step, here and in PyTorch. */
const weightRoundings = 6 * rounding;
/** Of Adam's step, relative: TensorFlow takes 0.00099998713 for 1 − 0.999, whose root is in it. */
const stepRounding = 1e-5;

/** The tolerances of the golden files' own README, by quantity. */
export const tolerances = {
  vectorsFloat64: { limit: 1e-9, scaled: true },
  vectorsFloat32: { limit: 1e-5, scaled: true },
  logits: { limit: 5e-5 },
  logprobs: { limit: 2e-5 },
  losses: { limit: 1e-5 },
  gradientNorm: { limit: 1e-4 },
  gradients: { limit: 1e-5 },
  adapterLogits: { limit: 1e-4 },
  mergedWeights: { limit: 1e-6 },
  /** Dequantisation is exact; the golden file has nine digits. */
  weights: { limit: 1e-8, scaled: true },
  smollm2Logits: { limit: 2e-3 },
  rewardScores: { limit: 5e-5 },
  trl: { limit: 1e-5 },
  /** The same for numbers in the tens and more, of which float32 sums have no digits as small as 1e-5. */
  trlLarge: { limit: 1e-5, scaled: true },
} satisfies Record<string, Tolerance>;

/** Adam's first step: gradients before clipping and what they are multiplied by, and the weights after it. */
export interface FirstAdamStep {
  readonly gradients: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly scale: number;
  readonly learningRate: number;
  readonly epsilon: number;
  /** Largest difference seen between a computed gradient and its golden one. */
  readonly measuredNoise: number;
}

/**
 * How far weights after Adam's first step may be from the golden ones, given that their gradients differ by noise.
 *
 * The step is lr·u(g), u(g) = g / (|g| + ε), which rises with g. So for a gradient that is known to ± δ it is known to
 *
 *     lr · max(u(g + δ) − u(g), u(g) − u(g − δ))
 *
 * which is about lr·εδ/g² where g is large, and up to lr·2 where g is noise itself. To that comes the rounding of the step and of the weight.
 * δ is the noise that was measured, in this run or when the golden files were made, but no more than gradients may be off.
 */
export function firstAdamStepTolerance(step: FirstAdamStep): Tolerance {
  const { gradients, weights, scale, learningRate, epsilon, measuredNoise } = step;
  const noise = scale * Math.min(Math.max(measuredNoise, gradientNoise), tolerances.gradients.limit);
  const u = (gradient: number) => gradient / (Math.abs(gradient) + epsilon);
  const units = Float64Array.from(gradients, (unscaled, index) => {
    const gradient = scale * unscaled;
    const doubt = Math.max(u(gradient + noise) - u(gradient), u(gradient) - u(gradient - noise));
    return learningRate * (doubt + stepRounding) + weightRoundings * Math.abs(weights[index]!);
  });
  return { limit: 1, units };
}
