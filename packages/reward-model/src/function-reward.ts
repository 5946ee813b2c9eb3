import type { RewardModel, ScoreFunction } from "@cai/contracts";
import { untilAborted } from "@cai/endpoint";
import { checkScores } from "./check-scores.ts";

/**
 * A function as a reward model. Its result is checked: one finite number a row.
 *
 * @param options.name What errors call it. Default: the function's own name.
 * @example
 * const shortAnswers = functionReward(({ responses }) => responses.map((text) => -text.length));
 */
export function functionReward(
  score: ScoreFunction,
  { name = score.name || "(a function)" }: { readonly name?: string } = {},
): RewardModel {
  return {
    async score(request, { signal } = {}) {
      signal?.throwIfAborted();
      const scores = await untilAborted(score(request, signal ? { signal } : {}), signal);
      return checkScores(scores, { rows: request.prompts.length, model: name });
    },
  };
}
