import type { Hyperparameters } from "@cai/trainer";

/** How `cai demo` trains the embedded policy: everything that differs from the trainer's defaults. */
export const demoSettings = {
  /** Prompts that training never sees, answered before and after it. */
  heldOutPrompts: 64,
  /** Of those, how many are shown: the first ones. */
  shownSamples: 4,
  hyperparameters: {
    seed: 1,
    steps: 40,
    batchSize: 48,
    maxNewTokens: 32,
    temperature: 0.8,
    learningRate: 1e-4,
    klCoef: 0.15,
    valueLearningRate: 1e-3,
    minibatchSize: 24,
    epochs: 2,
    checkpointEvery: 20,
  } satisfies Partial<Hyperparameters>,
};
