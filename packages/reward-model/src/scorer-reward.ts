import type { RewardModel } from "@cai/contracts";
import { type Scorer, scoreRows } from "../worker/score-rows.mjs";
import { RewardModelError } from "./error.ts";
import { functionReward } from "./function-reward.ts";

export type { Scorer, ScorerInput, ScorerResult } from "../worker/score-rows.mjs";

/**
 * Scorers of evaluations, as vitest's, evalite's and autoevals' are, as a reward: each is called for a response with `{ input, output, expected }`
 * (the prompt, the response, and the row's column of that name) and the row's other columns, and gives a number or `{ name, score }`. The reward
 * is the sum of their scores, which are logged apart. Sixteen responses are scored at a time.
 *
 * @param options as `functionReward`'s
 * @throws RewardModelError `bad-options` for no scorer. `score` rejects with `function-failed`, naming scorer and response; `bad-scores`, also where
 *   a scorer gives the score null; `timed-out`.
 * @example
 * const short = ({ output }: ScorerInput) => ({ name: "short", score: 1 / (1 + output.length) });
 * const exact = ({ output, expected }: ScorerInput) => ({ name: "exact", score: output.trim() === expected ? 1 : 0 });
 * const rewardModel = scorerReward([short, exact]);
 * const asked = { prompts: ["2 + 2 ="], responses: [" 4"], promptIds: [], responseIds: [], columns: { expected: ["4"] } };
 * console.log((await rewardModel.scoreParts(asked)).parts.exact?.join()); // 1
 */
export function scorerReward(
  scorers: Scorer | readonly Scorer[],
  options: { readonly name?: string; readonly timeoutMs?: number } = {},
): RewardModel & Required<Pick<RewardModel, "scoreParts">> {
  const all = typeof scorers === "function" ? [scorers] : scorers;
  if (all.length === 0) throw new RewardModelError("bad-options", "scorerReward got no scorer: give one or more");
  return functionReward((request) => scoreRows(all, request), { name: "of scorers", ...options });
}
