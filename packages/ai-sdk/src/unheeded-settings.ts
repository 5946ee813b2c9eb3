import type { LanguageModelV4CallOptions, SharedV4Warning } from "@ai-sdk/provider";
import { AiSdkError } from "./error.ts";

/**
 * A warning for each setting of a call that a policy doesn't heed.
 *
 * @throws AiSdkError `unsupported` where a tool must be called
 */
export function unheededSettings({
  tools = [],
  toolChoice,
  responseFormat,
  reasoning,
  ...options
}: LanguageModelV4CallOptions): SharedV4Warning[] {
  if (toolChoice?.type === "required" || toolChoice?.type === "tool")
    throw new AiSdkError("unsupported", `toolChoice is ${toolChoice.type}: this model calls no tools; leave it out`);
  const given: readonly (readonly [feature: string, isGiven: boolean, details: string])[] = [
    ["tools", tools.length > 0, "the model is not told of them, and calls none"],
    ["responseFormat", responseFormat?.type === "json", "the model writes text, which may be no JSON"],
    ["presencePenalty", (options.presencePenalty ?? 0) !== 0, "it is passed over"],
    ["frequencyPenalty", (options.frequencyPenalty ?? 0) !== 0, "it is passed over"],
    ["reasoning", !["none", "provider-default"].includes(reasoning ?? "none"), "it is passed over"],
  ];
  return given.flatMap(([feature, isGiven, details]) => (isGiven ? [{ type: "unsupported", feature, details }] : []));
}
