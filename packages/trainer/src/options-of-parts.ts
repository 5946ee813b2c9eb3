import { samplingOptions } from "@cai/rollouts";
import { TrainingError } from "@cai/training";

/** Responses leave half of a short context to the prompt. */
export function defaultsForContext({ contextLength }: { readonly contextLength: number }): { maxNewTokens: number } {
  return { maxNewTokens: Math.min(samplingOptions.maxNewTokens.default, Math.floor(contextLength / 2)) };
}

/** Refuses responses that leave no prompt any room. */
export function refuseLongResponses(
  { contextLength }: { readonly contextLength: number },
  { maxNewTokens }: { readonly maxNewTokens: number },
): void {
  if (maxNewTokens >= contextLength)
    throw new TrainingError(
      "invalid-option",
      `maxNewTokens is ${maxNewTokens}; expected less than the policy's context of ${contextLength}, which holds the prompt too`,
    );
}
