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

/** Adam's steps so far, from moments of 0: what each was given, and the weights after the last. */
export interface AdamSteps {
  readonly steps: readonly AdamStep[];
  readonly weights: ArrayLike<number>;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

interface AdamStep {
  /** Before clipping, and what they are multiplied by. */
  readonly gradients: ArrayLike<number>;
  readonly scale: number;
  /** Largest difference seen between a computed gradient and its golden one. */
  readonly measuredNoise: number;
}

/**
 * How far weights after Adam's steps may be from the golden ones, given that their gradients differ by noise.
 *
 * A step is lr·u(g₁ … gₙ), u = m̂ / (√v̂ + ε), of all gradients so far. For gradients that are known to ± δ each it is known to
 *
 *     lr · max |u(g₁ ± δ₁ … gₙ ± δₙ) − u(g₁ … gₙ)|
 *
 * over all signs. In the first step u = g / (|g| + ε), so that this is about lr·εδ/g² where g is large, and up to lr·2 where g is noise
 * itself. To that comes the rounding of the steps and of the weight. δ is the noise that was measured, in this run or when the golden files
 * were made, but no more than gradients may be off.
 */
export function adamTolerance({ steps, weights, learningRate, beta1, beta2, epsilon }: AdamSteps): Tolerance {
  const noise = steps.map(
    ({ scale, measuredNoise }) => scale * Math.min(Math.max(measuredNoise, gradientNoise), tolerances.gradients.limit),
  );
  const updateOf = (gradients: readonly number[]) => {
    let [m, v] = [0, 0];
    for (const gradient of gradients) [m, v] = [beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient ** 2];
    const [first, second] = [m / (1 - beta1 ** gradients.length), v / (1 - beta2 ** gradients.length)];
    return first / (Math.sqrt(second) + epsilon);
  };
  const units = Float64Array.from(weights, (weight, index) => {
    const gradients = steps.map(({ gradients, scale }) => scale * gradients[index]!);
    const perStep = gradients.map((_, step) => {
      const soFar = gradients.slice(0, step + 1);
      const update = updateOf(soFar);
      const doubts = shifts(noise.slice(0, step + 1)).map((shift) => Math.abs(updateOf(soFar.map((g, i) => g + shift[i]!)) - update));
      return learningRate * (Math.max(...doubts) + stepRounding) + weightRoundings * Math.abs(weight);
    });
    return perStep.reduce((sum, doubt) => sum + doubt, 0);
  });
  return { limit: 1, units };
}

/** Every choice of signs. */
function shifts(noise: readonly number[]): number[][] {
  return noise.reduce<number[][]>((all, delta) => all.flatMap((some) => [delta, -delta].map((shift) => [...some, shift])), [[]]);
}

/** Adam's first step, in which the moments' decay plays no part. */
export interface FirstAdamStep extends AdamStep {
  readonly weights: ArrayLike<number>;
  readonly learningRate: number;
  readonly epsilon: number;
}

export function firstAdamStepTolerance({ weights, learningRate, epsilon, ...step }: FirstAdamStep): Tolerance {
  return adamTolerance({ steps: [step], weights, learningRate, epsilon, beta1: 0, beta2: 0 });
}
