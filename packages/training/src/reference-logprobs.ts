import type { EvaluateLogprobsOptions, ReferencePolicy, SequenceBatch } from "@cai/contracts";
import type * as tf from "@tensorflow/tfjs-core";
import { evaluateRows } from "./evaluate-rows.ts";

/**
 * `[B, T]` log-probabilities of the response tokens under a reference, in nats, 0 at padding: of one that computes elsewhere as it gives them, of
 * another one a few rows at a time, here.
 *
 * @throws what the reference throws; the signal's reason when aborted
 * @example
 * const reference = policy.createReference();
 * const logprobs = await referenceLogprobs(reference, batch, { temperature: 1, rowsAtOnce: 8 });
 * console.log(logprobs.length); // 3
 */
export async function referenceLogprobs(
  reference: Pick<ReferencePolicy<tf.Tensor>, "logprobs" | "evaluateLogprobs">,
  batch: SequenceBatch,
  options: EvaluateLogprobsOptions,
): Promise<Float32Array> {
  options.signal?.throwIfAborted();
  if (reference.evaluateLogprobs !== undefined) return reference.evaluateLogprobs(batch, options);
  const { temperature, rowsAtOnce } = options;
  const { logprobs } = await evaluateRows<{ logprobs: Float32Array }>(batch, rowsAtOnce, (rows) => ({
    logprobs: reference.logprobs(rows, { temperature }),
  }));
  return logprobs;
}
