import { checkLengths } from "./check.ts";
import { KlError } from "./error.ts";
import { type KlEstimator, klEstimators } from "./estimators.ts";

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
  if (!Object.hasOwn(klEstimators, estimator)) {
    throw new KlError("bad-input", `estimator is ${estimator}: pass one of ${Object.keys(klEstimators).join(", ")}`);
  }
  checkClamp("logRatioClamp", logRatioClamp);
  checkClamp("outputClamp", outputClamp);

  const estimate = klEstimators[estimator];
  const kl = new Float32Array(logprobs.length);
  for (let i = 0; i < kl.length; i++) {
    if (mask[i] !== 0) kl[i] = clamp(estimate(clamp(logprobs[i]! - refLogprobs[i]!, logRatioClamp)).value, outputClamp);
  }
  return kl;
}

function clamp(value: number, bound: number): number {
  return Math.min(Math.max(value, -bound), bound);
}

function checkClamp(name: string, bound: number): void {
  if (!(bound > 0)) throw new KlError("bad-input", `${name} is ${bound}: pass a number above 0, or leave it out`);
}
