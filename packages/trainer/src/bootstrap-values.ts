import { type FinishReason, type SequenceBatch, selectSequences } from "@cai/contracts";
import { consecutiveRuns } from "@cai/training";
import * as tf from "@tensorflow/tfjs-core";
import type { Models } from "./ppo-parts.ts";

/**
 * The value at each row's last response token, read at its own column: what GAE bootstraps from where a response was cut. A
 * masked column behind the responses makes that column one that values are read at.
 *
 * @returns `[B]`, 0 for rows that were not cut at the length limit.
 */
export async function evaluateBootstrapValues(
  { policy, valueModel }: Models,
  batch: SequenceBatch & { readonly finishReasons: readonly FinishReason[] },
  rowsAtOnce: number,
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
