import { countValid, type SequenceBatch } from "@cai/contracts";
import type { Denominators } from "@cai/ppo-loss";
import { batchRows, consecutiveRuns, rowsOfEpoch } from "@cai/training";

/** The rows of one optimizer step. */
export interface Minibatch<Batch> {
  /** Counted from 0. */
  readonly epoch: number;
  /** Its microbatches joined. */
  readonly batch: Batch;
  /** A forward and backward pass each; those without a valid token are left out. */
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
      // A pass over responses that are all masked would depend on no weight, and so have no gradient.
      const chunks = consecutiveRuns(run.length, microbatchRows)
        .map((some) => some.map((place) => order[run[place]!]!))
        .filter((some) => countValid(select(batch, some).responses.mask) > 0);
      const counted = select(batch, chunks.flat());
      yield {
        epoch,
        batch: counted,
        microbatches: chunks.map((some) => select(batch, some)),
        denominators: { tokens: countValid(counted.responses.mask), rows: run.length },
      };
    }
  }
}
