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

/**
 * The value at each row's last response token, read at its own column: what GAE bootstraps from where a response was cut. A
 * masked column behind the responses makes that column one that values are read at.
 *
 * @returns `[B]`, 0 for rows that were not cut at the length limit.
 */
export async function evaluateBootstrapValues(
  { policy, valueModel }: Models,
  batch: SequenceBatch & { readonly finishReasons: readonly string[] },
  { rowsAtOnce }: { readonly rowsAtOnce: number },
): Promise<Float32Array> {
  const [rows, columns] = batch.responses.shape;
  const ids = new Int32Array(rows * (columns + 1));
  const mask = new Uint8Array(rows * (columns + 1));
  for (let row = 0; row < rows; row++) {
    ids.set(batch.responses.ids.subarray(row * columns, (row + 1) * columns), row * (columns + 1));
    mask.set(batch.responses.mask.subarray(row * columns, (row + 1) * columns), row * (columns + 1));
  }
  const bootstrap = new Float32Array(rows);
  const extended: SequenceBatch = { prompts: batch.prompts, responses: { ids, mask, shape: [rows, columns + 1] } };
  for (const run of consecutiveRuns(rows, rowsAtOnce)) {
    const values = tf.tidy(() => {
      const selected = selectSequences(extended, run);
      return valueModel.values(selected, policy.hiddenStates(selected));
    });
    const numbers = await values.data();
    values.dispose();
    run.forEach((row, i) => {
      const length = mask.subarray(row * (columns + 1), (row + 1) * (columns + 1)).reduce((sum, valid) => sum + valid, 0);
      if (batch.finishReasons[row] === "length") bootstrap[row] = numbers[i * (columns + 1) + length]!;
    });
  }
  return bootstrap;
}
