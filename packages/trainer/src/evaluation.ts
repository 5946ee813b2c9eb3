import { klSummary, tokenKl } from "@cai/kl";
import type { TextRollout } from "./experience.ts";
import { evaluateInRuns } from "./forward.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Parts } from "./parts.ts";
import type { TokenizedPrompt } from "./prompt-tokens.ts";
import { rollOut, samplingOptions } from "./rollout.ts";
import { scoreResponses } from "./score-responses.ts";
import { deviation, mean, type ScoredSample, sampleRows } from "./step-result.ts";

/** How the policy does on held-out prompts, its responses drawn with the same numbers every time. */
export interface Evaluation {
  /** The step after which it was made; 0: before the first. */
  readonly step: number;
  /** One for each prompt. */
  readonly scores: Float32Array;
  readonly meanScore: number;
  readonly stdScore: number;
  /** Mean over response tokens of log p − log p_reference, in nats. */
  readonly klPerToken: number;
  readonly samples: readonly ScoredSample[];
}

/**
 * Answers every prompt once, scores the answers, and measures the KL to the reference. The draws are those of the stream
 * `evaluation` at step 0, so that evaluations before and after training differ by the policy alone.
 */
export async function evaluatePrompts(
  parts: Pick<Parts, "policy" | "generator" | "reference" | "rewardModel">,
  prompts: readonly TokenizedPrompt[],
  hyperparameters: Hyperparameters,
  { step, signal }: { readonly step: number; readonly signal?: AbortSignal | undefined },
): Promise<Evaluation> {
  const { seed, batchSize, temperature } = hyperparameters;
  const sampling = samplingOptions(hyperparameters, signal);
  const scores: number[] = [];
  const samples: ScoredSample[] = [];
  let klSum = 0;
  let tokens = 0;
  for (let first = 0; first < prompts.length; first += batchSize) {
    const batch = prompts.slice(first, first + batchSize);
    const draws = { seed, stream: "evaluation", step: 0, firstSample: first };
    const rollout = await rollOut(parts.generator, parts.policy.tokenizer, batch, { ...sampling, draws });
    const batchScores = await scoreResponses(parts.rewardModel, rollout, signal);
    const { logprobs, refLogprobs } = await bothLogprobs(parts, rollout, temperature, batchSize);
    const { mask, shape } = rollout.responses;
    const count = mask.reduce((sum, valid) => sum + valid, 0);
    klSum += klSummary({ kl: tokenKl({ logprobs, refLogprobs, mask, estimator: "k1" }), mask, shape }).perToken * count;
    tokens += count;
    scores.push(...batchScores);
    samples.push(...sampleRows(rollout, batchScores, batchScores.length));
  }
  const all = Float32Array.from(scores);
  return { step, scores: all, meanScore: mean(all), stdScore: deviation(all), klPerToken: klSum / tokens, samples };
}

function bothLogprobs(
  { policy, reference }: Pick<Parts, "policy" | "reference">,
  rollout: TextRollout,
  temperature: number,
  rowsAtOnce: number,
): Promise<Record<"logprobs" | "refLogprobs", Float32Array>> {
  return evaluateInRuns(rollout, rowsAtOnce, (rows) => ({
    logprobs: policy.tokenLogprobs(policy.hiddenStates(rows), rows.responses, { temperature }).logprobs,
    refLogprobs: reference.logprobs(rows, { temperature }),
  }));
}
