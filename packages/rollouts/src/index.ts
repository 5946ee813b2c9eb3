export { adjustScores } from "./adjust-scores.ts";
export { deviation, mean } from "./array-moments.ts";
export { completionBatch } from "./completion-batch.ts";
export {
  type CompletionTokens,
  commonPrefix,
  cutCompletion,
  encodeCompletion,
  encodeCompletions,
  type PromptCompletion,
  type PromptCompletions,
  type TemplateOptions,
  templateOptionsOf,
  withEndOfText,
} from "./encode-completion.ts";
export { describeLeftOut, encodeRows, refuseUnreadable } from "./encode-rows.ts";
export { RolloutError } from "./error.ts";
export { type Evaluation, type EvaluationParts, evaluatePrompts } from "./evaluation.ts";
export { partMetrics } from "./part-metrics.ts";
export {
  type Conversation,
  describeUnfitPrompt,
  digestPrompts,
  encodePrompt,
  leftPad,
  type Prompt,
  type PromptTask,
  type TokenizedPrompt,
  tokenizePrompts,
} from "./prompt-tokens.ts";
export { replaceRows } from "./replace-rows.ts";
export { type RolloutSampling, rollOut } from "./rollout.ts";
export { rowColumns } from "./row-columns.ts";
export { RunningMoments, type RunningMomentsState } from "./running-moments.ts";
export { refuseCrossedLengths, type SamplingSettings, samplingOf, samplingOptions } from "./sampling-options.ts";
export { type ScoreSettings, scoreOptions } from "./score-options.ts";
export { type Scoring, scoreRequest, scoreResponses, scoreResponsesApart } from "./score-responses.ts";
export { ScoreTable } from "./score-table.ts";
export { beforeStopText, refuseStopTexts } from "./stop-texts.ts";
export { TextPieces } from "./text-pieces.ts";
export { type ScoredSample, sampleRows, type TextRollout } from "./text-rollout.ts";
export { type WritingOptions, type WrittenText, writeTexts } from "./write-texts.ts";
