import { countValid } from "@cai/contracts";

/**
 * The entropy of the policy as its own draws tell it, −Σ log p / N over the tokens that count, in nats: an unbiased estimate, at the sampling
 * temperature and over the tokens that each was drawn from. NaN without tokens.
 *
 * @param logprobs `[B, T]`, of the policy that drew the tokens.
 * @param mask `[B, T]`.
 */
export function sampledEntropy(logprobs: Float32Array, mask: Uint8Array): number {
  let sum = 0;
  for (let cell = 0; cell < mask.length; cell++) if (mask[cell] === 1) sum -= logprobs[cell]!;
  return sum / countValid(mask);
}
