export { type AiSdkModel, aiSdkFeedback } from "./ai-sdk-feedback.ts";
export { endpointFeedback } from "./endpoint-feedback.ts";
export type { EndpointFeedbackOptions, JsonFields } from "./endpoint-options.ts";
export { FeedbackError } from "./error.ts";
export type { Answered, AnswerLogprob, Choice, Completion, CompletionOptions, Ending, FeedbackModel } from "./feedback-model.ts";
export { type LocalFeedbackOptions, type LocalPolicy, localFeedback } from "./local-feedback.ts";
export { optionLogprobs, type TopLogprob } from "./option-logprobs.ts";
export { type PromptFormat, type PromptFormatName, promptFormat, promptFormats, suitableFormat } from "./prompt-format.ts";
