import type { SequenceBatch, TrainablePolicy } from "@cai/contracts";
import { type CompletionTokens, completionBatch } from "@cai/rollouts";
import { consecutiveRuns, evaluateRows } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";

/** What log-probabilities are read from. */
export type LogprobSource = Pick<TrainablePolicy<tf.Tensor>, "hiddenStates" | "tokenLogprobs">;

interface PassOptions {
  /** Rows a pass: those of each pass follow from their places alone, and so do their bits. */
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

/** Σ log p of each row's completion at temperature 1, in nats, summed in float64: `[N]`. A completion without tokens has 0. */
export async function completionLogprobs(
  policy: LogprobSource,
  rows: readonly CompletionTokens[],
  { batchSize, signal }: PassOptions,
): Promise<number[]> {
  const sums = rows.map(() => 0);
  const places = rows.flatMap(({ completionIds }, place) => (completionIds.length > 0 ? [place] : []));
  for (const run of consecutiveRuns(places.length, batchSize)) {
    signal?.throwIfAborted();
    const batch = completionBatch(run.map((index) => rows[places[index]!]!));
    const { logprobs } = await evaluateRows<{ logprobs: Float32Array }>(batch, run.length, (all) => ({
      logprobs: policy.tokenLogprobs(policy.hiddenStates(all), all.responses, { temperature: 1 }).logprobs,
    }));
    const columns = batch.responses.shape[1];
    for (const [row, index] of run.entries())
      sums[places[index]!] = logprobs.subarray(row * columns, (row + 1) * columns).reduce((sum, logprob) => sum + logprob, 0);
  }
  return sums;
}

/** A prompt and tokens of which one may come next, one at least. */
export interface NextTokens {
  readonly promptIds: Int32Array;
  readonly nextIds: readonly number[];
}

/** log p of each of the next tokens at temperature 1, in nats: the model reads each prompt once, however many tokens are asked about. */
export async function nextTokenLogprobs(
  policy: LogprobSource,
  rows: readonly NextTokens[],
  { batchSize, signal }: PassOptions,
): Promise<number[][]> {
  const results: number[][] = [];
  for (const run of consecutiveRuns(rows.length, batchSize)) {
    signal?.throwIfAborted();
    const asked = run.map((place) => rows[place]!);
    const most = Math.max(...asked.map(({ nextIds }) => nextIds.length));
    /** The first token in place of those that a row doesn't have. */
    const nth = (n: number) => Int32Array.from(asked, ({ nextIds }) => nextIds[n] ?? nextIds[0]!);
    const batch = completionBatch(asked.map(({ promptIds, nextIds }) => ({ promptIds, completionIds: Int32Array.of(nextIds[0]!) })));
    const logprobs = await evaluateRows<Record<string, Float32Array>>(batch, run.length, (all: SequenceBatch) => {
      const hidden = policy.hiddenStates(all);
      const ofNth = (n: number) => policy.tokenLogprobs(hidden, { ...all.responses, ids: nth(n) }, { temperature: 1 }).logprobs;
      return Object.fromEntries(Array.from({ length: most }, (_, n) => [`${n}`, ofNth(n)]));
    });
    results.push(...asked.map(({ nextIds }, row) => nextIds.map((_, n) => logprobs[n]![row]!)));
  }
  return results;
}
