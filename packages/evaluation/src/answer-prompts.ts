import { rowLengths, type ScoreFunction, type TrainablePolicy, validCells } from "@cai/contracts";
import { tokenKl } from "@cai/kl";
import { rollOut, samplingOf, samplingOptions, scoreResponses, type TextRollout, type TokenizedPrompt } from "@cai/rollouts";
import { evaluateRows, resolveOptions } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import type { ComparisonSettings } from "./comparison-options.ts";

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
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly judge: { readonly score: ScoreFunction };
  readonly proxy?: { readonly score: ScoreFunction } | undefined;
  /** What the KL is measured against; without it there is none. */
  readonly reference?: Pick<TrainablePolicy<tf.Tensor>, "hiddenStates" | "tokenLogprobs"> | undefined;
}

/**
 * `draws` answers to each prompt, `[prompts][draws]`. Answer d to prompt i is sample i of step d of the stream, whatever the batches: two
 * policies that are asked by one stream differ by their weights alone.
 *
 * @param how `onAnswers` is told how many more there are after each batch
 */
export async function answerPrompts(
  parts: AnswerParts,
  prompts: readonly TokenizedPrompt[],
  settings: ComparisonSettings,
  how: {
    readonly stream: string;
    readonly draws: number;
    readonly signal?: AbortSignal | undefined;
    readonly onAnswers: (count: number) => void;
  },
): Promise<Answer[][]> {
  const { seed, batchSize, maxNewTokens, temperature, stopTokenIds } = settings;
  const { signal } = how;
  const sampling = { ...samplingOf({ ...resolveOptions(samplingOptions, { maxNewTokens, stopTokenIds }), temperature }, signal) };
  const answers: Answer[][] = prompts.map(() => []);
  for (let draw = 0; draw < how.draws; draw++) {
    for (let first = 0; first < prompts.length; first += batchSize) {
      const batch = prompts.slice(first, first + batchSize);
      const draws = { seed, stream: how.stream, step: draw, firstSample: first };
      const rollout = await rollOut(parts.policy, parts.policy.tokenizer, batch, { ...sampling, draws });
      const scored = await judgeRows(parts, rollout, temperature, signal);
      scored.forEach((answer, row) => {
        answers[first + row]!.push(answer);
      });
      how.onAnswers(batch.length);
    }
  }
  return answers;
}

async function judgeRows(
  parts: AnswerParts,
  rollout: TextRollout,
  temperature: number,
  signal: AbortSignal | undefined,
): Promise<Answer[]> {
  const scores = await scoreResponses(parts.judge, rollout, signal);
  const proxyScores = parts.proxy && (await scoreResponses(parts.proxy, rollout, signal));
  const kls = parts.reference && (await klOfRows(parts.policy, parts.reference, rollout, temperature));
  const lengths = rowLengths(rollout.responses.mask, rollout.responses.shape);
  return rollout.responseTexts.map((response, row) => ({
    response,
    tokens: lengths[row]!,
    score: scores[row]!,
    ...(proxyScores && { proxyScore: proxyScores[row]! }),
    ...(kls && { kl: kls[row]! }),
  }));
}

/** Of each row: the sum over its tokens of log p − log p of the reference, whose mean over rows estimates the KL without bias. */
async function klOfRows(
  policy: TrainablePolicy<tf.Tensor>,
  reference: NonNullable<AnswerParts["reference"]>,
  rollout: TextRollout,
  temperature: number,
): Promise<number[]> {
  const { mask, shape } = rollout.responses;
  const [rows, columns] = shape;
  const logprobsOf = (model: typeof reference, batch: Parameters<typeof reference.hiddenStates>[0]) =>
    model.tokenLogprobs(model.hiddenStates(batch), batch.responses, { temperature }).logprobs;
  const { logprobs, refLogprobs } = await evaluateRows<Record<"logprobs" | "refLogprobs", Float32Array>>(rollout, rows, (batch) => ({
    logprobs: logprobsOf(policy, batch),
    refLogprobs: logprobsOf(reference, batch),
  }));
  const kl = tokenKl({ logprobs, refLogprobs, mask, estimator: "k1" });
  return Array.from({ length: rows }, (_, row) =>
    validCells(mask, row * columns, (row + 1) * columns).reduce((sum, cell) => sum + kl[cell]!, 0),
  );
}
