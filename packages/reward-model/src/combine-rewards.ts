import type { RewardModel, ScoreFunction, ScoreParts, ScoreRequest } from "@cai/contracts";
import { abortTogether } from "@cai/endpoint";
import { checkScoreParts, checkScores } from "./check-scores.ts";
import { RewardModelError } from "./error.ts";
import { functionReward } from "./function-reward.ts";
import { scoreApart } from "./score-apart.ts";

/** One part of a combination. */
export interface RewardPart {
  readonly model: RewardModel | ScoreFunction;
  readonly weight: number;
  /** Of its scores in `parts`. Default: `reward0`, `reward1`, … by its place. */
  readonly name?: string;
}

/** A weighted sum of reward models; `scoreParts` gives what each part gave (not weighted) beside the sum, its own parts as `name/part`. */
export interface CombinedReward extends RewardModel {
  scoreParts(request: ScoreRequest, options?: { readonly signal?: AbortSignal }): Promise<ScoreParts>;
  dispose(): Promise<void>;
}

/**
 * score = Σ weight · score of the part. The parts score at the same time; where one fails, the others are aborted. Disposing of the
 * combination disposes of its parts.
 *
 * @throws RewardModelError `bad-options` for no part, a weight that is no finite number, or two parts of one name.
 * @example
 * const rewardModel = combineRewards([
 *   { model: await OnnxRewardModel.load("./helpful"), weight: 1, name: "helpful" },
 *   { model: ({ responses }) => responses.map((text) => text.length), weight: -0.01, name: "length" },
 * ]);
 */
export function combineRewards(parts: readonly RewardPart[]): CombinedReward {
  const named = parts.map(({ model: given, weight, name: own }, index) => {
    const name = own ?? `reward${index}`;
    const model = typeof given === "function" ? functionReward(given, { name }) : given;
    return { model, weight, name };
  });
  if (named.length === 0) throw new RewardModelError("bad-options", "combineRewards got no reward model: give one or more");
  for (const { name, weight } of named) {
    if (!Number.isFinite(weight)) throw new RewardModelError("bad-options", `the weight of ${name} is ${weight}, wanted a finite number`);
    if (named.filter((other) => other.name === name).length > 1) {
      throw new RewardModelError("bad-options", `two reward models are named ${name}: give each a name of its own`);
    }
  }

  async function scoreParts(request: ScoreRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ScoreParts> {
    const rows = request.prompts.length;
    return abortTogether(signal, async (together) => {
      const scored = await Promise.all(
        named.map(async ({ model, name, weight }) => {
          const { scores, parts } = checkScoreParts(await scoreApart(model, request, { signal: together }), { rows, model: name });
          return { name, weight, scores, parts };
        }),
      );
      const sums = Array.from({ length: rows }, (_, row) => scored.reduce((sum, part) => sum + part.weight * part.scores[row]!, 0));
      return {
        scores: checkScores(sums, { rows, model: named.map(({ name }) => name).join(" + ") }),
        parts: Object.fromEntries(
          scored.flatMap(({ name, scores, parts }) => [
            [name, scores] as const,
            ...Object.entries(parts).map(([inner, values]) => [`${name}/${inner}`, values] as const),
          ]),
        ),
      };
    });
  }

  return {
    scoreParts,
    score: async (request, options) => (await scoreParts(request, options)).scores,
    dispose: async () => {
      await Promise.all(named.map(({ model }) => model.dispose?.()));
    },
  };
}
