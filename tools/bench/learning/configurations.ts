import type { DpoSettings } from "@cai/preference";
import type { AlgorithmName, AlgorithmSettings } from "@cai/trainer";
import { demoSettings } from "../../../packages/cli/src/demo-settings.ts";

export type LearningName = AlgorithmName | "dpo";

const { maxNewTokens, temperature } = demoSettings.hyperparameters;
const sampled = { maxNewTokens, temperature };

const common = { ...sampled, steps: 40, learningRate: 2e-4, schedule: "linear" } as const;
/** 96 answers a step, as with PPO. */
const groups = { ...common, batchSize: 24, numGenerations: 4 };

/** How each algorithm learns the demo's task: about as many responses each, and what differs from its trainer's defaults. */
export const configurations = {
  ppo: demoSettings.hyperparameters,
  grpo: { ...groups, steps: 60, beta: 0.2 },
  rloo: { ...groups, beta: 0.2 },
  "reinforce++": { ...common, batchSize: 96, beta: 0.2 },
  dpo: { pairs: { ...sampled, answers: 8 }, steps: 80, batchSize: 32, learningRate: 2e-4, schedule: "linear", beta: 0.1 },
} satisfies Record<AlgorithmName, Partial<AlgorithmSettings>> & { dpo: Partial<DpoSettings> & { readonly pairs: object } };
