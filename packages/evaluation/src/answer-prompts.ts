import type { RewardModel, ScoreFunction } from "@cai/contracts";
import { scoreResponses, type TokenizedPrompt } from "@cai/rollouts";
import { collectByPrompt } from "./collect-by-prompt.ts";
import type { AnswerSource } from "./write-answers.ts";

/** What a policy wrote for a prompt, and what was said of it. */
export interface Answer {
  readonly response: string;
  /** With the end of text. */
  readonly tokens: number;
  readonly score: number;
  /** By the reward that was trained on. */
  readonly proxyScore?: number;
  /** Σ log p − log p of the base over its tokens, in nats. */
  readonly kl?: number;
}

/** Who answers and who judges. */
export interface AnswerParts {
  readonly source: AnswerSource;
  readonly judge: RewardModel | ScoreFunction;
  readonly proxy?: RewardModel | ScoreFunction | undefined;
}

/**
 * `draws` answers to each prompt with their scores, `[prompts][draws]`.
 *
 * @param how `onAnswers` is told how many more there are after each batch
 */
export async function answerPrompts(
  { source, judge, proxy }: AnswerParts,
  prompts: readonly TokenizedPrompt[],
  how: {
    readonly draws: number;
    readonly batchSize: number;
    readonly signal?: AbortSignal | undefined;
    readonly onAnswers: (count: number) => void;
  },
): Promise<Answer[][]> {
  const { signal, onAnswers } = how;
  return collectByPrompt(prompts, how, async (draw, first, batch) => {
    const written = await source(draw, first, batch);
    const request = {
      prompts: batch.map(({ text }) => text),
      responses: written.map(({ response }) => response),
      promptIds: batch.map(({ ids }) => ids),
      responseIds: written.map(({ ids }) => Int32Array.from(ids)),
    };
    const scores = await scoreResponses(judge, request, signal);
    const proxyScores = proxy && (await scoreResponses(proxy, request, signal));
    onAnswers(batch.length);
    return written.map(({ response, ids, kl }, row): Answer => {
      const said = { score: scores[row]!, ...(proxyScores && { proxyScore: proxyScores[row]! }), ...(kl !== undefined && { kl }) };
      return { response, tokens: ids.length, ...said };
    });
  });
}
