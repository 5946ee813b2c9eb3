import type { Hyperparameters } from "@cai/trainer";

/** How the page trains the demo's policy: as `cai demo`, with smaller batches, so that a step takes seconds in a tab. */
export const tabSettings = {
  heldOutPrompts: 16,
  hyperparameters: {
    seed: 1,
    steps: 40,
    batchSize: 32,
    minibatchSize: 16,
    epochs: 2,
    maxNewTokens: 24,
    temperature: 0.8,
    gamma: 1,
    lambda: 1,
    learningRate: 1e-4,
    valueLearningRate: 1e-3,
    schedule: "linear",
    klCoef: 0.2,
  } satisfies Partial<Hyperparameters>,
};
