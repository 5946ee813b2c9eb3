export { type Evaluation, leftPad, type Prompt, type ScoredSample, type TextRollout } from "@cai/rollouts";
export { TrainingError, type TrainingHistory, type TrainingStatistics } from "@cai/training";
export type { Experience } from "./experience.ts";
export type { OnPolicyRunOptions, StepOptions } from "./on-policy-trainer.ts";
export { type Hyperparameters, hyperparameterTable, resolveHyperparameters } from "./ppo-options.ts";
export type { PPOTrainerOptions } from "./ppo-parts.ts";
export type { PpoLoss } from "./ppo-step-loss.ts";
export type { RewardInputs, StepResult } from "./ppo-step-result.ts";
export { PPOTrainer } from "./ppo-trainer.ts";
