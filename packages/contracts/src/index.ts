export { copyRequest } from "./copy-request.ts";
export { CaiError } from "./error.ts";
export type {
  DrawCounters,
  DrawnToken,
  FinishReason,
  ForeseenPrompts,
  Generation,
  Generator,
  Rollout,
  SamplingOptions,
} from "./generator.ts";
export { joinKept, type KeptTokens, keptOf, selectKept } from "./kept-tokens.ts";
export { countValid, rowLengths, validCells, validOnly, validRows } from "./mask.ts";
export type {
  EvaluateLogprobsOptions,
  LogprobOptions,
  ModelIdentity,
  Parameter,
  ReferencePolicy,
  TokenLogprobOptions,
  TokenLogprobs,
  TrainablePolicy,
} from "./policy.ts";
export { PythonFloat } from "./python-float.ts";
export type { GivenScores, RewardModel, ScoreFunction, ScoreParts, ScoreRequest } from "./reward-model.ts";
export { selectRows, selectSequences } from "./select-rows.ts";
export { sliceRequest } from "./slice-request.ts";
export { splitScores } from "./split-scores.ts";
export type { ChatMessage, ChatTemplateOptions, Tokenizer } from "./tokenizer.ts";
export type { SequenceBatch, Shape2D, TokenBatch } from "./tokens.ts";
export type { WeightSource } from "./weight-source.ts";
