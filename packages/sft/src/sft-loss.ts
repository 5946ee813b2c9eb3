/**
 * The mean negative log-likelihood of tokens, −Σ log p / N, over those that count: what supervised fine-tuning minimises. Float64 inside.
 *
 * @param logprobs `[B, T]`.
 * @param counted `[B, T]`, 1 for the tokens that are learned.
 * @param tokens N: how many count in the whole optimizer step, so that the losses of its parts add up.
 * @returns the part's share of the loss, and its derivative with respect to each log-probability, `[B, T]`.
 * @example
 * const { loss, slopes } = sftLoss({ logprobs: Float32Array.of(-1, -3, -9), counted: Uint8Array.of(1, 1, 0), tokens: 2 });
 * // loss 2, slopes.logprobs [-0.5, -0.5, 0]
 */
export function sftLoss({
  logprobs,
  counted,
  tokens,
}: {
  readonly logprobs: Float32Array;
  readonly counted: Uint8Array;
  readonly tokens: number;
}): { readonly loss: number; readonly slopes: { readonly logprobs: Float32Array } } {
  return {
    loss: -sumCounted(logprobs, counted) / tokens,
    slopes: { logprobs: Float32Array.from(counted, (counts) => (counts === 1 ? -1 / tokens : 0)) },
  };
}

/** The sum of the values where `counted` is 1. */
export function sumCounted(values: Float32Array, counted: Uint8Array): number {
  let sum = 0;
  for (let cell = 0; cell < values.length; cell++) if (counted[cell] === 1) sum += values[cell]!;
  return sum;
}
