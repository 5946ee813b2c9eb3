export {
  type Conversation,
  type Evaluation,
  encodePrompt,
  leftPad,
  type Prompt,
  RunningMoments,
  type RunningMomentsState,
  type ScoredSample,
  type TextRollout,
} from "@cai/rollouts";
export { TrainingError, type TrainingHistory, type TrainingStatistics } from "@cai/training";
export { type Algorithm, type AlgorithmName, type AlgorithmSettings, algorithms, type OnPolicyStepResult } from "./algorithms.ts";
export type { Experience } from "./experience.ts";
export type { GroupStepResult } from "./group-report.ts";
export { type GrpoSettings, grpoOptions } from "./grpo-options.ts";
export { GRPOTrainer, type GRPOTrainerOptions } from "./grpo-trainer.ts";
export type { OnExperience, OnGradients, OnPolicyRunOptions, StepExperience } from "./on-policy-run.ts";
export type { StepOptions } from "./on-policy-trainer.ts";
export { type Hyperparameters, hyperparameterTable, resolveHyperparameters } from "./ppo-options.ts";
export type { PPOTrainerOptions } from "./ppo-parts.ts";
export type { PpoLoss } from "./ppo-step-loss.ts";
export type { RewardInputs, StepResult } from "./ppo-step-result.ts";
export { PPOTrainer } from "./ppo-trainer.ts";
export { type ReinforcePlusPlusSettings, reinforcePlusPlusOptions } from "./reinforce-plus-plus-options.ts";
export { ReinforcePlusPlusTrainer, type ReinforcePlusPlusTrainerOptions } from "./reinforce-plus-plus-trainer.ts";
export { type RlooSettings, rlooOptions } from "./rloo-options.ts";
export { RLOOTrainer, type RLOOTrainerOptions } from "./rloo-trainer.ts";
export type { UpdateGradients } from "./update-on-minibatches.ts";
