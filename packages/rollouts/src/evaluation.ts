import { countValid, type Generator, type ReferencePolicy, type TrainablePolicy } from "@cai/contracts";
import { klSummary, tokenKl } from "@cai/kl";
import { evaluateRows, referenceLogprobs } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import { deviation, mean } from "./array-moments.ts";
import { partMetrics } from "./part-metrics.ts";
import type { TokenizedPrompt } from "./prompt-tokens.ts";
import { rollOut } from "./rollout.ts";
import { type SamplingSettings, samplingOf } from "./sampling-options.ts";
import { type Scoring, scoreRequest, scoreResponsesApart } from "./score-responses.ts";
import { ScoreTable } from "./score-table.ts";
import { type ScoredSample, sampleRows } from "./text-rollout.ts";

/** How the policy does on held-out prompts, its responses drawn with the same numbers every time. */
export interface Evaluation {
  /** The step after which it was made; 0: before the first. */
  readonly step: number;
  /** One for each prompt. */
  readonly scores: Float32Array;
  readonly meanScore: number;
  readonly stdScore: number;
  /** Mean over response tokens of log p − log p_reference, in nats; NaN where there is no reference. */
  readonly klPerToken: number;
  readonly samples: readonly ScoredSample[];
  /** `eval/scores`, `eval/scores_std`, `eval/kl_per_token`; of scores with parts, `eval/rewards/NAME/mean` and `…/std`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What answers and what judges. */
export interface EvaluationParts {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly generator: Generator;
  readonly rewardModel: Scoring;
  readonly reference: ReferencePolicy<tf.Tensor> | undefined;
}

/**
 * Answers every prompt once, scores the answers, and measures the KL to the reference. The draws are those of the stream
 * `evaluation` at step 0, so that evaluations before and after training differ by the policy alone.
 */
export async function evaluatePrompts(
  parts: EvaluationParts,
  prompts: readonly TokenizedPrompt[],
  settings: SamplingSettings & { readonly seed: number; readonly batchSize: number },
  { step, signal }: { readonly step: number; readonly signal?: AbortSignal | undefined },
): Promise<Evaluation> {
  const { seed, batchSize, temperature } = settings;
  const sampling = samplingOf(settings, signal);
  const scored = new ScoreTable(prompts.length);
  const samples: ScoredSample[] = [];
  let klSum = 0;
  let tokens = 0;
  for (let first = 0; first < prompts.length; first += batchSize) {
    const batch = prompts.slice(first, first + batchSize);
    const draws = { seed, stream: "evaluation", step: 0, firstSample: first };
    const rollout = await rollOut(parts.generator, parts.policy.tokenizer, batch, { ...sampling, draws });
    const batchScores = await scoreResponsesApart(parts.rewardModel, scoreRequest(rollout), signal);
    scored.set(batchScores, first);
    samples.push(...sampleRows(rollout, batchScores, batch.length));
    const { mask, shape } = rollout.responses;
    const count = countValid(mask);
    tokens += count;
    const { policy, reference } = parts;
    if (reference === undefined) continue;
    const { logprobs } = await evaluateRows<{ logprobs: Float32Array }>(rollout, batchSize, (rows) => ({
      logprobs: policy.tokenLogprobs(policy.hiddenStates(rows), rows.responses, { temperature }).logprobs,
    }));
    const refLogprobs = await referenceLogprobs(reference, rollout, { temperature, rowsAtOnce: batchSize, signal });
    klSum += klSummary({ kl: tokenKl({ logprobs, refLogprobs, mask, estimator: "k1" }), mask, shape }).perToken * count;
  }
  const { scores } = scored;
  const [meanScore, stdScore] = [mean(scores), deviation(scores)];
  const klPerToken = parts.reference === undefined ? Number.NaN : klSum / tokens;
  const metrics = {
    "eval/scores": meanScore,
    "eval/scores_std": stdScore,
    ...Object.fromEntries(Object.entries(partMetrics(scored.parts)).map(([name, value]) => [`eval/${name}`, value])),
    ...(parts.reference && { "eval/kl_per_token": klPerToken }),
  };
  return { step, scores, meanScore, stdScore, klPerToken, samples, metrics };
}
