import { countValid } from "@cai/contracts";
import type { Denominators } from "@cai/ppo-loss";
import { batchRows, consecutiveRuns, rowsOfEpoch } from "@cai/training";
import { type Experience, selectExperience } from "./experience.ts";

/** The rows of one optimizer step. */
export interface Minibatch {
  /** Counted from 0. */
  readonly epoch: number;
  readonly experience: Experience;
  /** The same rows, a forward and backward pass each. */
  readonly microbatches: readonly Experience[];
  /** What the losses of all of them divide by. */
  readonly denominators: Denominators;
}

/** The optimizer steps of one PPO step, in their order: every epoch visits all rows, in an order of its own. */
export function* minibatchesOf(
  experience: Experience,
  options: {
    readonly seed: number;
    readonly step: number;
    readonly epochs: number;
    readonly minibatchSize: number;
    readonly microbatchSize: number;
  },
): Generator<Minibatch> {
  const [rows] = experience.responses.shape;
  const { minibatchRows, microbatchRows } = batchRows(options, rows);
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const order = rowsOfEpoch({ ...options, epoch, rows });
    for (const run of consecutiveRuns(rows, minibatchRows)) {
      const places = run.map((place) => order[place]!);
      const minibatch = selectExperience(experience, places);
      yield {
        epoch,
        experience: minibatch,
        microbatches: consecutiveRuns(places.length, microbatchRows).map((some) => selectExperience(minibatch, some)),
        denominators: { tokens: countValid(minibatch.responses.mask), rows: places.length },
      };
    }
  }
}
