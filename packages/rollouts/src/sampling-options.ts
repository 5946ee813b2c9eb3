import { count, countOrNone, type OptionTable, TrainingError } from "@cai/training";
import type { RolloutSampling } from "./rollout.ts";

/** How responses are drawn. */
export interface SamplingSettings {
  maxNewTokens: number;
  minNewTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  stopTokenIds: readonly number[];
  stopTexts: readonly string[];
}

export const samplingOptions: OptionTable<SamplingSettings> = {
  maxNewTokens: { default: 150, ...count, describe: "longest response, in tokens; trainers' default is half of a shorter context" },
  minNewTokens: { default: 0, ...countOrNone, describe: "no end of text before so many tokens" },
  temperature: { default: 1, min: 1e-4, max: 1e4, describe: "sampling temperature, also of every log-probability" },
  topK: { default: 0, ...countOrNone, describe: "draw from the k likeliest tokens only, and train over these (0: off)" },
  topP: {
    default: 1,
    min: 0,
    exclusiveMin: true,
    max: 1,
    describe: "draw from the likeliest tokens of this probability, and train over these (1: off)",
  },
  stopTokenIds: { default: [], ...countOrNone, describe: "ids that end a response beside the policy's own end of text" },
  stopTexts: { default: [], listOf: "texts", describe: "texts that end a response, and are not part of its text" },
};

/** @throws TrainingError `invalid-option` where the shortest response is longer than the longest. */
export function refuseCrossedLengths({ minNewTokens, maxNewTokens }: Pick<SamplingSettings, "minNewTokens" | "maxNewTokens">): void {
  if (minNewTokens > maxNewTokens)
    throw new TrainingError("invalid-option", `minNewTokens ${minNewTokens} exceeds maxNewTokens ${maxNewTokens}`);
}

/** The sampling that the settings ask for, all but its draws. */
export function samplingOf(
  { maxNewTokens, minNewTokens, temperature, topK, topP, stopTokenIds, stopTexts }: SamplingSettings,
  signal: AbortSignal | undefined,
): Omit<RolloutSampling, "draws"> {
  return {
    maxNewTokens,
    minNewTokens,
    temperature,
    ...(topK > 0 && { topK }),
    ...(topP < 1 && { topP }),
    ...(stopTokenIds.length > 0 && { stopTokenIds }),
    ...(stopTexts.length > 0 && { stopTexts }),
    ...(signal && { signal }),
  };
}
