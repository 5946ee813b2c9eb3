import { checkLengths } from "./check.ts";
import { KlError } from "./error.ts";

/**
 * How KL(policy ‖ reference) is estimated from one token drawn from the policy, with d = log p − log p_ref
 * (Schulman 2020, "Approximating KL divergence"): `k1` = d, unbiased; `k2` = d²/2, biased but of low variance;
 * `k3` = e^−d − 1 + d, unbiased and never negative; `abs` = |d|.
 */
export type KlEstimator = "k1" | "k2" | "k3" | "abs";

const estimators: Readonly<Record<KlEstimator, (difference: number) => number>> = {
  k1: (difference) => difference,
  k2: (difference) => difference ** 2 / 2,
  // expm1 keeps the digits of a small difference; its sign is that of e^−d − 1.
  k3: (difference) => Math.expm1(-difference) + difference,
  abs: Math.abs,
};

export interface TokenKlOptions {
  /** Log-probabilities of the tokens under the policy; any shape, often `[B, T]`. */
  readonly logprobs: Float32Array;
  /** The same under the reference. */
  readonly refLogprobs: Float32Array;
  /** 1 = counts. */
  readonly mask: Uint8Array;
  /** Default `k1`. */
  readonly estimator?: KlEstimator | undefined;
  /** The log-ratio is clamped to ± this first. Default: it is not. */
  readonly logRatioClamp?: number | undefined;
  /** The estimate is clamped to ± this at last. Default: it is not. */
  readonly outputClamp?: number | undefined;
}

/**
 * The KL divergence at each token, estimated from its log-probabilities.
 *
 * @returns as long as `logprobs`, 0 where masked
 * @throws KlError for arrays of different lengths, an unknown estimator or a clamp that is not a positive number
 * @example
 * const kl = tokenKl({
 *   logprobs: Float32Array.of(-1, -2, -9),
 *   refLogprobs: Float32Array.of(-1.5, -1, -9),
 *   mask: Uint8Array.of(1, 1, 0),
 *   estimator: "k2",
 * });
 * console.log(kl); // Float32Array(3) [ 0.125, 0.5, 0 ]
 */
export function tokenKl(options: TokenKlOptions): Float32Array {
  const { logprobs, refLogprobs, mask, estimator = "k1", logRatioClamp = Infinity, outputClamp = Infinity } = options;
  checkLengths({ refLogprobs, mask }, logprobs.length, "logprobs");
  if (!Object.hasOwn(estimators, estimator)) {
    throw new KlError("bad-input", `estimator is ${estimator}: pass one of ${Object.keys(estimators).join(", ")}`);
  }
  checkClamp("logRatioClamp", logRatioClamp);
  checkClamp("outputClamp", outputClamp);

  const estimate = estimators[estimator];
  const kl = new Float32Array(logprobs.length);
  for (let i = 0; i < kl.length; i++) {
    if (mask[i] !== 0) kl[i] = clamp(estimate(clamp(logprobs[i]! - refLogprobs[i]!, logRatioClamp)), outputClamp);
  }
  return kl;
}

function clamp(value: number, bound: number): number {
  return Math.min(Math.max(value, -bound), bound);
}

function checkClamp(name: string, bound: number): void {
  if (!(bound > 0)) throw new KlError("bad-input", `${name} is ${bound}: pass a number above 0, or leave it out`);
}
