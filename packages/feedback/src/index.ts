export { FeedbackError } from "./error.ts";
export type { Answered, AnswerLogprob, Choice, CompletionOptions, FeedbackModel } from "./feedback-model.ts";
export { type LocalFeedbackOptions, type LocalPolicy, localFeedback } from "./local-feedback.ts";
export { type PromptFormat, type PromptFormatName, promptFormat, promptFormats, suitableFormat } from "./prompt-format.ts";
