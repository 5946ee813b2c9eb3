import type { Generator, ReferencePolicy, ScoreFunction, TrainablePolicy } from "@cai/contracts";
import { klSummary, tokenKl } from "@cai/kl";
import { rollOut, scoreRequest, scoreResponses, tokenizePrompts } from "@cai/rollouts";
import { evaluateRows } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";

/** Answers to held-out prompts, by prompt: what reward they got, and how far the policy that wrote them is from where it started. */
export interface Measured {
  /** `[prompts][draws]`. */
  readonly scores: readonly (readonly number[])[];
  readonly meanScore: number;
  /** Nats a response: mean of Σ log p − log p_reference over its tokens. */
  readonly klPerResponse: number;
  readonly meanLength: number;
}

const sampling = { maxNewTokens: 32, temperature: 0.8 };

/**
 * Answers every prompt `draws` times at the temperature that the demo trains at.
 *
 * @param reference what the KL is measured against; without one it is 0.
 */
export async function measure({
  policy,
  rewardModel,
  reference,
  prompts,
  draws,
  generator = policy,
}: {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly rewardModel: { readonly score: ScoreFunction };
  readonly reference?: ReferencePolicy<tf.Tensor> | undefined;
  readonly prompts: readonly string[];
  readonly draws: number;
  readonly generator?: Generator;
}): Promise<Measured> {
  const tokenized = tokenizePrompts(prompts, policy, sampling.maxNewTokens);
  const scores: number[][] = prompts.map(() => []);
  let kl = 0;
  let tokens = 0;
  for (let draw = 0; draw < draws; draw++) {
    const counters = { seed: 77, stream: "measure", step: draw };
    const rollout = await rollOut(generator, policy.tokenizer, tokenized, { ...sampling, draws: counters });
    const drawn = await scoreResponses(rewardModel, scoreRequest(rollout));
    drawn.forEach((score, row) => {
      scores[row]!.push(score);
    });
    const { mask, shape } = rollout.responses;
    tokens += mask.reduce((sum, valid) => sum + valid, 0);
    if (reference === undefined) continue;
    const { temperature } = sampling;
    const numbers = await evaluateRows<Record<"logprobs" | "refLogprobs", Float32Array>>(rollout, shape[0], (rows) => ({
      logprobs: policy.tokenLogprobs(policy.hiddenStates(rows), rows.responses, { temperature }).logprobs,
      refLogprobs: reference.logprobs(rows, { temperature }),
    }));
    kl += klSummary({ kl: tokenKl({ ...numbers, mask, estimator: "k1" }), mask, shape }).perSequence;
  }
  const all = scores.flat();
  return {
    scores,
    meanScore: all.reduce((sum, score) => sum + score, 0) / all.length,
    klPerResponse: kl / draws,
    meanLength: tokens / all.length,
  };
}
