import { checkShape } from "./draw.ts";
import { checkFilter, type FilterOptions } from "./filter.ts";
import { checkFinite, weigh } from "./weigh.ts";

/**
 * The distribution that `drawTokens` draws one row's token from.
 *
 * @param options `logits` `[V]`, one row, and the filters
 * @returns `probs` `[V]`, summing to 1, and `kept` `[V]`: 1 for a token that may be drawn
 * @throws SamplingError as `drawTokens`
 * @example
 * const { probs } = filteredProbabilities({ logits: Float32Array.of(0, Math.log(3), -9), topK: 2 });
 * console.log(probs.map((p) => Number(p.toFixed(2)))); // Float32Array(3) [ 0.25, 0.75, 0 ]
 */
export function filteredProbabilities({ logits, ...options }: FilterOptions & { readonly logits: Float32Array }): {
  kept: Uint8Array;
  probs: Float32Array;
} {
  checkShape(logits, [1, logits.length]);
  const filter = checkFilter(options, logits.length);
  checkFinite(logits, logits.length);

  const weights = new Float64Array(logits.length);
  const { argmax, total } = weigh(logits, filter, weights);
  if (filter.temperature === 0) weights.fill(0).fill(total, argmax, argmax + 1);
  return {
    kept: Uint8Array.from(weights, (weight) => (weight > 0 ? 1 : 0)),
    probs: Float32Array.from(weights, (weight) => weight / total),
  };
}
