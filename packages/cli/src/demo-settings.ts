import type { Hyperparameters } from "@cai/trainer";

/** How `cai demo` trains the embedded policy: everything that differs from the trainer's defaults. */
export const demoSettings = {
  /** Prompts that training never sees, answered before and after it. */
  heldOutPrompts: 64,
  /** Of those, how many are shown: the first ones. */
  shownSamples: 4,
  hyperparameters: {
    seed: 1,
    steps: 45,
    batchSize: 96,
    minibatchSize: 48,
    epochs: 2,
    maxNewTokens: 32,
    temperature: 0.8,
    gamma: 1,
    lambda: 1,
    learningRate: 1e-4,
    valueLearningRate: 1e-3,
    schedule: "linear",
    klCoef: 0.2,
    checkpointEvery: 20,
  } satisfies Partial<Hyperparameters>,
};
