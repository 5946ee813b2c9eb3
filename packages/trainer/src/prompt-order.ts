import { permutation } from "@cai/random";

/**
 * Which prompts a step trains on: every pass over the data is a fresh permutation, and step s takes the s-th run of `batchSize`
 * places in the passes laid end to end. A function of (seed, step) alone, so that resuming needs no state.
 *
 * @param step counted from 1.
 * @returns `batchSize` indices into the prompts.
 */
export function promptsOfStep({
  seed,
  step,
  batchSize,
  promptCount,
}: {
  seed: number;
  step: number;
  batchSize: number;
  promptCount: number;
}): number[] {
  const order = new Map<number, Int32Array>();
  return Array.from({ length: batchSize }, (_, row) => {
    const place = (step - 1) * batchSize + row;
    const pass = Math.floor(place / promptCount);
    if (!order.has(pass)) order.set(pass, permutation({ seed, stream: "prompts", counters: [pass], length: promptCount }));
    return order.get(pass)![place % promptCount]!;
  });
}

/**
 * The order in which an epoch visits the rows of a batch: as they were rolled out in the first epoch (so that its first forward
 * pass is the very computation that gave the old log-probabilities), freshly shuffled in the others.
 */
export function rowsOfEpoch({ seed, step, epoch, rows }: { seed: number; step: number; epoch: number; rows: number }): Int32Array {
  if (epoch === 0) return Int32Array.from({ length: rows }, (_, row) => row);
  return permutation({ seed, stream: "minibatches", counters: [step, epoch], length: rows });
}
