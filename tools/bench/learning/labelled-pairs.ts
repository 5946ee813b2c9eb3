import type { ScoreFunction, TrainablePolicy } from "@cai/contracts";
import { rollOut, scoreRequest, scoreResponses, tokenizePrompts } from "@cai/rollouts";
import type * as tf from "@tensorflow/tfjs-core";

/**
 * Pairs of answers for preference learning: each prompt is answered `answers` times, and every two answers make a pair. The one that scores
 * higher is chosen, with the probability σ(difference of the scores): labels under which DPO's optimum is that of the KL-regularised reward.
 */
export async function labelledPairs({
  policy,
  rewardModel,
  prompts,
  seed,
  answers,
  maxNewTokens,
  temperature,
}: {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly rewardModel: { readonly score: ScoreFunction };
  readonly prompts: readonly string[];
  readonly seed: number;
  /** An even number. */
  readonly answers: number;
  readonly maxNewTokens: number;
  readonly temperature: number;
}): Promise<{ readonly prompt: string; readonly chosen: string; readonly rejected: string; readonly probability: number }[]> {
  const tokenized = tokenizePrompts(prompts, policy, maxNewTokens);
  const drawn: Scored[][] = prompts.map(() => []);
  for (let answer = 0; answer < answers; answer++) {
    const draws = { seed, stream: "pairs", step: answer };
    const rollout = await rollOut(policy, policy.tokenizer, tokenized, { maxNewTokens, temperature, draws });
    const scores = await scoreResponses(rewardModel, scoreRequest(rollout));
    rollout.responseTexts.forEach((text, row) => {
      drawn[row]!.push({ text, score: scores[row]! });
    });
  }
  return prompts.flatMap((prompt, row) =>
    Array.from({ length: answers / 2 }, (_, pair) => {
      const [one, other] = drawn[row]!.slice(2 * pair, 2 * pair + 2) as [Scored, Scored];
      const [chosen, rejected] = one.score >= other.score ? [one, other] : [other, one];
      const probability = 1 / (1 + Math.exp(rejected.score - chosen.score));
      return { prompt, chosen: chosen.text, rejected: rejected.text, probability };
    }),
  );
}

interface Scored {
  readonly text: string;
  readonly score: number;
}
