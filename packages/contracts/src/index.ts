export { CaiError } from "./error.ts";
export type { DrawCounters, FinishReason, Generation, Generator, Rollout, SamplingOptions } from "./generator.ts";
export type { LogprobOptions, ModelIdentity, Parameter, ReferencePolicy, TrainablePolicy } from "./policy.ts";
export type { RewardModel, ScoreRequest } from "./reward-model.ts";
export type { ChatMessage, Tokenizer } from "./tokenizer.ts";
export type { SequenceBatch, Shape2D, TokenBatch } from "./tokens.ts";
export { describeUnknownOption } from "./unknown-option.ts";
