/** One row's distribution, and the sums of its parts. */
interface SummedRow {
  /** `[V]`, not negative. Ids that are blocked are set to 0 in it. */
  readonly probabilities: Float32Array;
  /** `[blocks]`, over equal parts of the vocabulary, in its order. */
  readonly sums: Float32Array;
  readonly uniform: number;
  readonly blockedIds: readonly number[];
}

/** A sum below it has lost its digits, or what it is a part of is no number. */
const least = 1e-30;

/**
 * Draws where the cumulative distribution, in the order of the ids, exceeds the uniform, as `drawTokens` of @cai/sampling does; the sums say in which part,
 * so that only its tokens are looked at.
 *
 * @returns undefined where the probabilities that are left are too small for it, or not finite
 */
export function drawFromSums({ probabilities, sums, uniform, blockedIds }: SummedRow): { id: number; logprob: number } | undefined {
  const size = probabilities.length / sums.length;
  const blockSums = Float64Array.from(sums);
  for (const id of blockedIds) probabilities[id] = 0;
  for (const block of new Set(blockedIds.map((id) => Math.floor(id / size)))) {
    blockSums[block] = 0;
    for (let id = block * size; id < (block + 1) * size; id++) blockSums[block]! += probabilities[id]!;
  }
  let total = 0;
  for (const sum of blockSums) total += sum;
  if (!(total > least && total < Number.POSITIVE_INFINITY)) return undefined;

  let left = uniform * total;
  let block = 0;
  while (block < blockSums.length - 1 && left >= blockSums[block]!) left -= blockSums[block++]!;
  const id = idWithin(probabilities, block * size, left);
  return { id, logprob: Math.log(probabilities[id]! / total) };
}

/** Where the running sum exceeds `left`; where rounding keeps it below to the end: the last id that can be drawn. */
function idWithin(probabilities: Float32Array, start: number, left: number): number {
  let reached = 0;
  let possible = start;
  for (let id = start; id < probabilities.length; id++) {
    const probability = probabilities[id]!;
    if (probability === 0) continue;
    possible = id;
    reached += probability;
    if (reached > left) return id;
  }
  while (probabilities[possible] === 0) possible--;
  return possible;
}
