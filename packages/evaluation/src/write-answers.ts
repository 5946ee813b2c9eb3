import { type TrainablePolicy, validCells, validRows } from "@cai/contracts";
import { tokenKl } from "@cai/kl";
import { rollOut, samplingOf, samplingOptions, type TextRollout, type TokenizedPrompt } from "@cai/rollouts";
import { evaluateRows, resolveOptions } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import type { ComparisonSettings } from "./comparison-options.ts";

/** What a policy wrote for a prompt: plain JSON. */
export interface WrittenAnswer {
  readonly response: string;
  /** Its tokens, with the end of text. */
  readonly ids: readonly number[];
  /** Σ log p − log p of the base over its tokens, in nats. */
  readonly kl?: number;
}

/** Where answers come from: answer `draw` to each of some consecutive prompts, the first of which is prompt `first` of all. */
export type AnswerSource = (draw: number, first: number, prompts: readonly TokenizedPrompt[]) => Promise<WrittenAnswer[]>;

/**
 * Answers that a policy writes when asked. Answer d to prompt i is sample i of step d of the stream, whatever the batches: two policies that are
 * asked by one stream differ by their weights alone.
 *
 * @param parts `reference`: what the KL is measured against; without it there is none
 */
export function writtenBy(
  { policy, reference }: { readonly policy: TrainablePolicy<tf.Tensor>; readonly reference?: KlReference | undefined },
  { seed, maxNewTokens, temperature, stopTokenIds, stopTexts }: ComparisonSettings,
  { stream, signal }: { readonly stream: string; readonly signal?: AbortSignal | undefined },
): AnswerSource {
  const sampling = {
    ...samplingOf({ ...resolveOptions(samplingOptions, { maxNewTokens, stopTokenIds, stopTexts }), temperature }, signal),
  };
  return async (draw, first, prompts) => {
    const draws = { seed, stream, step: draw, firstSample: first };
    const rollout = await rollOut(policy, policy.tokenizer, prompts, { ...sampling, draws });
    const kls = reference && (await klOfRows(policy, reference, rollout, temperature));
    const ids = validRows(rollout.responses.ids, rollout.responses.mask, rollout.responses.shape);
    return rollout.responseTexts.map((response, row) => ({ response, ids: Array.from(ids[row]!), ...(kls && { kl: kls[row]! }) }));
  };
}

type KlReference = Pick<TrainablePolicy<tf.Tensor>, "hiddenStates" | "tokenLogprobs">;

/** Of each row: the sum over its tokens of log p − log p of the reference, whose mean over rows estimates the KL without bias. */
async function klOfRows(
  policy: TrainablePolicy<tf.Tensor>,
  reference: KlReference,
  rollout: TextRollout,
  temperature: number,
): Promise<number[]> {
  const { mask, shape } = rollout.responses;
  const [rows, columns] = shape;
  const logprobsOf = (model: KlReference, batch: Parameters<KlReference["hiddenStates"]>[0]) =>
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
