export { AiSdkError } from "./error.ts";
export { type PolicyLanguageModelOptions, policyLanguageModel, type WritingPolicy } from "./policy-language-model.ts";
