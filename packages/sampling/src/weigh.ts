import { SamplingError } from "./error.ts";
import type { Filter } from "./filter.ts";
import { likeliest } from "./likeliest.ts";

/** An unnormalised distribution over the tokens of one row. */
export interface Weighed {
  /** The id of the largest logit that is not blocked; the lowest on ties. Its weight is 1. */
  readonly argmax: number;
  /** Sum of the weights, added up in id order. */
  readonly total: number;
  /** The ids of the weights that top-k and top-p left, ascending; undefined where neither was asked for. */
  readonly kept: Int32Array | undefined;
}

/**
 * Writes exp((logit − max) / temperature) into `weights` `[V]` for every token that may be drawn, and 0 for the others.
 * At temperature 0: as at temperature 1, without top-k and top-p.
 */
export function weigh(logits: Float32Array, filter: Filter, weights: Float64Array): Weighed {
  weights.set(logits);
  for (const id of filter.blockedIds) weights[id] = -Infinity;
  let max = -Infinity;
  let argmax = 0;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id]! > max) {
      max = weights[id]!;
      argmax = id;
    }
  }

  const greedy = filter.temperature === 0;
  const temperature = greedy ? 1 : filter.temperature;
  for (let id = 0; id < weights.length; id++) weights[id] = Math.exp((weights[id]! - max) / temperature);
  const isFiltered = !greedy && (filter.topK < weights.length || filter.topP < 1);
  const kept = isFiltered ? likeliest(logits, weights, filter).slice().sort() : undefined;
  if (kept !== undefined) keepOnly(kept, weights);
  return { argmax, total: sum(weights), kept };
}

function keepOnly(ids: Int32Array, weights: Float64Array): void {
  const kept = Float64Array.from(ids, (id) => weights[id]!);
  weights.fill(0);
  for (let place = 0; place < ids.length; place++) weights[ids[place]!] = kept[place]!;
}

function sum(numbers: Float64Array): number {
  let total = 0;
  for (let i = 0; i < numbers.length; i++) total += numbers[i]!;
  return total;
}

/** Refuses NaN and infinities before anything is drawn. */
export function checkFinite(logits: Float32Array, vocabSize: number): void {
  for (let i = 0; i < logits.length; i++) {
    if (logits[i]! - logits[i]! !== 0) {
      const row = Math.floor(i / vocabSize);
      throw new SamplingError(
        "not-finite",
        `the logit of token ${i % vocabSize} in row ${row} is ${logits[i]}: all must be finite (check the model's weights; use blockedIds to rule tokens out)`,
      );
    }
  }
}
