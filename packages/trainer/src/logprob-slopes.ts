import type { Slopes } from "@cai/training";

/**
 * Where the slopes of a surrogate and of a KL penalty go: the ratio is over the tokens that were kept, the KL over the full vocabulary; the two are
 * one number where nothing was left out.
 */
export function logprobSlopes(
  surrogate: Float32Array,
  penalty: { readonly weight: number; readonly slopes: Float32Array } | undefined,
  { fullLogprobs }: { readonly fullLogprobs?: Float32Array },
): Slopes {
  if (penalty === undefined) return { logprobs: surrogate };
  const { weight, slopes } = penalty;
  if (fullLogprobs !== undefined) return { logprobs: surrogate, fullLogprobs: slopes.map((slope) => weight * slope) };
  return { logprobs: surrogate.map((slope, cell) => slope + weight * slopes[cell]!) };
}
