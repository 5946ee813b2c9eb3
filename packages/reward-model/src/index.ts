export { checkScores } from "./check-scores.ts";
export { type CombinedReward, combineRewards, type RewardPart, type ScoreParts } from "./combine-rewards.ts";
export { RewardModelError } from "./error.ts";
export { functionReward, type ScoreFunction } from "./function-reward.ts";
export { type HttpRewardOptions, httpReward } from "./http-reward.ts";
export { loadModuleReward } from "./module-reward.ts";
export { OnnxRewardModel, type OnnxRewardOptions } from "./onnx-reward-model.ts";
export { resolveRewardModel } from "./resolve-reward-model.ts";
