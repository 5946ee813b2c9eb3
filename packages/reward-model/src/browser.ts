// What there is of this package in browsers: all of index.ts but what loads modules from files, and tolerantReward.
export type { GivenScores, ScoreFunction, ScoreParts, ScoreRequest } from "@cai/contracts";
export { checkScores } from "./check-scores.ts";
export { type CombinedReward, combineRewards, type RewardPart } from "./combine-rewards.ts";
export { RewardModelError } from "./error.ts";
export { functionReward } from "./function-reward.ts";
export { type HttpRewardOptions, httpReward } from "./http-reward.ts";
export { OnnxRewardModel, type OnnxRewardOptions } from "./onnx-reward-model.ts";
export type { ScoreKind } from "./score-of-logits.ts";
export { type Scorer, type ScorerInput, type ScorerResult, scorerReward } from "./scorer-reward.ts";
export { type TokenRowOptions, tokenRows } from "./token-rows.ts";
