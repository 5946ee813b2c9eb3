import { type SequenceBatch, selectSequences } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import { consecutiveRuns } from "./chunks.ts";
import { readNumbers } from "./forward-pass.ts";

/**
 * The numbers of a pass over a batch without a way back, a few rows at a time: `[B, T]` each, 0 at padding.
 *
 * @param rowsAtOnce rows a pass; the same as in training, so that both give the same bits.
 * @param forward the tensors of some rows, `[rows, T]`; they are disposed of here.
 */
export async function evaluateRows<Numbers extends Readonly<Record<string, Float32Array | undefined>>>(
  batch: SequenceBatch,
  rowsAtOnce: number,
  forward: (rows: SequenceBatch) => { readonly [Name in keyof Numbers]: tf.Tensor },
): Promise<Numbers> {
  const { mask, shape } = batch.responses;
  const results: Record<string, Float32Array> = {};
  for (const rows of consecutiveRuns(shape[0], rowsAtOnce)) {
    const selected = selectSequences(batch, rows);
    const tensors: Record<string, tf.Tensor> = tf.tidy(() => ({ ...forward(selected) }));
    const numbers = await readNumbers(tensors, selected.responses.mask);
    tf.dispose(tensors);
    for (const [name, values] of Object.entries(numbers)) {
      results[name] ??= new Float32Array(mask.length);
      results[name].set(values, rows[0]! * shape[1]);
    }
  }
  return results as Numbers;
}
