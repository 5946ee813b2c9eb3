import { permutation } from "@cai/random";

/**
 * Which rows of the data a step trains on: every pass over the data is a fresh permutation, and step s takes the s-th run of `batchSize`
 * places in the passes laid end to end. A function of (seed, step) alone, so that resuming needs no state.
 *
 * @param step counted from 1.
 * @param stream keeps the orders of several data sets apart. Default `prompts`.
 * @returns `batchSize` indices into the data.
 * @example
 * const places = rowsOfStep({ seed: 7, step: 1, batchSize: 2, count: 3 }); // two of 0, 1, 2
 */
export function rowsOfStep({
  seed,
  step,
  batchSize,
  count,
  stream = "prompts",
}: {
  readonly seed: number;
  readonly step: number;
  readonly batchSize: number;
  readonly count: number;
  readonly stream?: string;
}): number[] {
  const order = new Map<number, Int32Array>();
  return Array.from({ length: batchSize }, (_, row) => {
    const place = (step - 1) * batchSize + row;
    const pass = Math.floor(place / count);
    if (!order.has(pass)) order.set(pass, permutation({ seed, stream, counters: [pass], length: count }));
    return order.get(pass)![place % count]!;
  });
}

/**
 * The order in which an epoch visits the rows of a batch: as they came in the first epoch (so that its first forward pass may be the very
 * computation that gave the old log-probabilities), freshly shuffled in the others.
 */
export function rowsOfEpoch({
  seed,
  step,
  epoch,
  rows,
}: {
  readonly seed: number;
  readonly step: number;
  readonly epoch: number;
  readonly rows: number;
}): Int32Array {
  if (epoch === 0) return Int32Array.from({ length: rows }, (_, row) => row);
  return permutation({ seed, stream: "minibatches", counters: [step, epoch], length: rows });
}
