import { countValid, type SequenceBatch } from "@cai/contracts";
import type { Denominators } from "@cai/ppo-loss";
import { batchRows, consecutiveRuns, rowsOfEpoch } from "@cai/training";

/** The rows of one optimizer step. */
export interface Minibatch<Batch> {
  /** Counted from 0. */
  readonly epoch: number;
  readonly batch: Batch;
  /** The same rows, a forward and backward pass each. */
  readonly microbatches: readonly Batch[];
  /** What the losses of all of them divide by. */
  readonly denominators: Denominators;
}

/**
 * The optimizer steps of one step of training, in their order: every epoch visits all rows, in an order of its own.
 *
 * @param select the given rows of a batch, in the order given.
 */
export function* minibatchesOf<Batch extends Pick<SequenceBatch, "responses">>(
  batch: Batch,
  select: (batch: Batch, rows: readonly number[]) => Batch,
  options: {
    readonly seed: number;
    readonly step: number;
    readonly epochs: number;
    readonly minibatchSize: number;
    readonly microbatchSize: number;
  },
): Generator<Minibatch<Batch>> {
  const [rows] = batch.responses.shape;
  const { minibatchRows, microbatchRows } = batchRows(options, rows);
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const order = rowsOfEpoch({ ...options, epoch, rows });
    for (const run of consecutiveRuns(rows, minibatchRows)) {
      const minibatch = select(
        batch,
        run.map((place) => order[place]!),
      );
      yield {
        epoch,
        batch: minibatch,
        microbatches: consecutiveRuns(run.length, microbatchRows).map((some) => select(minibatch, some)),
        denominators: { tokens: countValid(minibatch.responses.mask), rows: run.length },
      };
    }
  }
}
