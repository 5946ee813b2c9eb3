import type { Tokenizer } from "@cai/contracts";
import { refuseStopTexts, type SamplingSettings, samplingOptions } from "@cai/rollouts";
import { TrainingError } from "@cai/training";

/** Responses leave half of a short context to the prompt. */
export function defaultsForContext({ contextLength }: { readonly contextLength: number }): { maxNewTokens: number } {
  return { maxNewTokens: Math.min(samplingOptions.maxNewTokens.default, Math.floor(contextLength / 2)) };
}

/** Refuses responses that leave no prompt any room, ids that the policy has no token for, and texts that it never writes. */
export function refuseOtherModels(
  { contextLength, vocabSize, tokenizer }: { readonly contextLength: number; readonly vocabSize: number; readonly tokenizer: Tokenizer },
  { maxNewTokens, stopTokenIds, stopTexts }: Pick<SamplingSettings, "maxNewTokens" | "stopTokenIds" | "stopTexts">,
): void {
  const unknown = stopTokenIds.find((id) => id >= vocabSize);
  if (unknown !== undefined)
    throw new TrainingError("invalid-option", `stopTokenIds holds ${unknown}; expected ids within the policy's vocabulary of ${vocabSize}`);
  if (maxNewTokens >= contextLength)
    throw new TrainingError(
      "invalid-option",
      `maxNewTokens is ${maxNewTokens}; expected less than the policy's context of ${contextLength}, which holds the prompt too`,
    );
  refuseStopTexts(stopTexts, tokenizer);
}
