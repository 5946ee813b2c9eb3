import type { SequenceBatch } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import type { OldPolicy } from "./experience.ts";
import { forwardPass, type Models } from "./ppo-step-loss.ts";
import { consecutiveRuns, selectSequences } from "./select-rows.ts";

/**
 * Evaluates a `[rows, T]` tensor for a batch, a few rows at a time, and reads it into one array: `[B, T]`, 0 at padding.
 *
 * @param rowsAtOnce rows a forward pass; the same as in training, so that both give the same bits.
 * @param evaluate the tensors of a run of rows; they are disposed of here.
 */
export async function evaluateInRuns<Name extends string>(
  batch: SequenceBatch,
  rowsAtOnce: number,
  evaluate: (rows: SequenceBatch) => Record<Name, tf.Tensor>,
): Promise<Record<Name, Float32Array>> {
  const { mask, shape } = batch.responses;
  const results: Partial<Record<Name, Float32Array>> = {};
  for (const rows of consecutiveRuns(shape[0], rowsAtOnce)) {
    const tensors = tf.tidy(() => evaluate(selectSequences(batch, rows)));
    for (const name of Object.keys(tensors) as Name[]) {
      results[name] ??= new Float32Array(mask.length);
      results[name].set((await tensors[name].data()) as Float32Array, rows[0]! * shape[1]);
    }
    tf.dispose(tensors);
  }
  for (const name of Object.keys(results) as Name[]) results[name] = validOnly(results[name]!, mask);
  return results as Record<Name, Float32Array>;
}

/** The values where the mask is 1, 0 elsewhere. */
export function validOnly(values: Float32Array, mask: Uint8Array): Float32Array {
  return values.map((value, i) => (mask[i] === 1 ? value : 0));
}

/** Log-probabilities and values of the policy as it stands, from one pass over the trunk. */
export async function evaluatePolicy(
  models: Models,
  batch: SequenceBatch,
  { temperature, rowsAtOnce }: { temperature: number; rowsAtOnce: number },
): Promise<OldPolicy> {
  return evaluateInRuns(batch, rowsAtOnce, (rows) => {
    const { logprobs, values } = forwardPass(models, rows, { temperature, entropyCoef: 0 });
    return { logprobs, values };
  });
}
