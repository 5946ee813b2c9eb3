import type { Filter } from "./filter.ts";

/** An id takes the lower 21 bits of a sorting key, its logit the upper 32: a double holds both exactly. */
export const largestVocabulary = 2 ** 21;

/**
 * The ids that top-k and then top-p keep, likeliest first, equal logits by lower id.
 *
 * @param logits `[V]`, finite
 * @param weights `[V]`, unnormalised probabilities in the order of the logits, or 0: never kept
 */
export function likeliest(logits: Float32Array, weights: Float64Array, { topK, topP }: Filter): Int32Array {
  if (topK < weights.length) {
    const ids = topIds(logits, weights, topK, 0);
    let mass = 0;
    for (const id of ids) mass += weights[id]!;
    return nucleus(ids, weights, topP * mass);
  }
  let mass = 0;
  for (let id = 0; id < weights.length; id++) mass += weights[id]!;
  // All tokens below this weight together hold less than 1 − topP: sorting the others is enough.
  const negligible = ((1 - topP) * mass) / weights.length;
  return nucleus(topIds(logits, weights, topK, negligible), weights, topP * mass);
}

/** The shortest start of `ids` whose weights reach `mass`. */
function nucleus(ids: Int32Array, weights: Float64Array, mass: number): Int32Array {
  let reached = 0;
  for (let count = 1; count <= ids.length; count++) {
    reached += weights[ids[count - 1]!]!;
    if (reached >= mass) return ids.subarray(0, count);
  }
  return ids;
}

/** The `count` likeliest ids with a weight above `floor`, likeliest first. */
function topIds(logits: Float32Array, weights: Float64Array, count: number, floor: number): Int32Array {
  const candidates = new Float64Array(Math.min(2 * count, logits.length));
  const bits = new Uint32Array(logits.buffer, logits.byteOffset, logits.length);
  let filled = 0;
  let threshold = -1;
  for (let id = 0; id < logits.length; id++) {
    if (!(weights[id]! > floor)) continue;
    const key = sortingKey(bits[id]!, id);
    if (key <= threshold) continue;
    candidates[filled++] = key;
    if (filled < candidates.length || filled <= count) continue;
    candidates.sort();
    candidates.copyWithin(0, filled - count);
    filled = count;
    threshold = candidates[0]!;
  }
  const sorted = candidates.subarray(0, filled).sort().subarray(-count).reverse();
  return Int32Array.from(sorted, (key) => largestVocabulary - 1 - (key % largestVocabulary));
}

/** A number that is larger for a larger float32, given by its bits, and among equals for a lower id. */
function sortingKey(bits: number, id: number): number {
  const zeroAsPositive = bits === 0x80000000 ? 0 : bits;
  const ascending = (zeroAsPositive >>> 31 === 0 ? zeroAsPositive | 0x80000000 : ~zeroAsPositive) >>> 0;
  return ascending * largestVocabulary + (largestVocabulary - 1 - id);
}
