import type * as tf from "@tensorflow/tfjs-core";
import type { AggregationOptions } from "./aggregation.ts";
import { pointwiseLoss } from "./pointwise.ts";

/**
 * The mean entropy of the valid tokens' distributions. To favour it, subtract it from the loss, times a coefficient.
 *
 * `entropy` is `[B, T]`, in nats. Differentiable in it; the caller disposes of the result.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * const bonus = entropyBonus({ entropy: tf.tensor2d([[1, 3, 9]]), mask: new Uint8Array([1, 1, 0]), shape: [1, 3] }); // 2
 */
export function entropyBonus(options: { readonly entropy: tf.Tensor } & AggregationOptions): tf.Scalar {
  return pointwiseLoss("entropy", options.entropy, options, (entropy) => ({ value: entropy, slope: 1 }));
}
