import type { AggregationOptions } from "./aggregation.ts";
import { type Loss, pointwiseLoss } from "./pointwise.ts";

/**
 * The mean entropy of the valid tokens' distributions. To favour it, subtract it from the loss, times a coefficient.
 *
 * `entropy` is `[B, T]`, in nats; the slopes are those with respect to it.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * const { loss } = entropyBonus({ entropy: new Float32Array([1, 3, 9]), mask: new Uint8Array([1, 1, 0]), shape: [1, 3] }); // 2
 */
export function entropyBonus(options: { readonly entropy: Float32Array } & AggregationOptions): Loss {
  return pointwiseLoss("entropy", options.entropy, options, (entropy) => ({ value: entropy, slope: 1 }));
}
