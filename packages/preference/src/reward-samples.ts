import type { StepReport } from "@cai/training";
import type { ScoredPairs } from "./reward-chunks.ts";
import type { RewardRow } from "./reward-rows.ts";

/** The answers of a step's first pairs with their scores; the chosen one of each stands first. */
export function rewardSamples(pairs: readonly RewardRow[], { chosen, rejected }: ScoredPairs, count = 2): StepReport["samples"] {
  return pairs.slice(0, count).flatMap(({ texts }, pair) => [
    { prompt: texts.prompt, response: texts.chosen, score: chosen[pair]! },
    { prompt: texts.prompt, response: texts.rejected, score: rejected[pair]! },
  ]);
}

/** A step's pairs for a look, a plain object each: texts, tokens, label, and the scores of both answers in `scores`. */
export function rewardBatchRows(pairs: readonly RewardRow[], { chosen, rejected }: ScoredPairs): object[] {
  return pairs.map(({ texts, ...row }, pair) => ({ ...texts, ...row, scores: { chosen: chosen[pair]!, rejected: rejected[pair]! } }));
}
