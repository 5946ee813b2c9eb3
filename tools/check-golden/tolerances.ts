import type { Tolerance } from "./compare.ts";

/** The tolerances of the golden files' own README, by quantity. */
export const tolerances = {
  vectorsFloat64: { limit: 1e-9, scaled: true },
  vectorsFloat32: { limit: 1e-5, scaled: true },
  logits: { limit: 5e-5 },
  logprobs: { limit: 2e-5 },
  losses: { limit: 1e-5 },
  gradientNorm: { limit: 1e-4 },
  gradients: { limit: 1e-5 },
  /** Where |gradient| > 1e-6: elsewhere Adam's first step follows rounding noise. */
  parametersAfterStep: { limit: 2e-6 },
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
