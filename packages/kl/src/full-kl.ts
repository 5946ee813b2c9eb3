import { checkLengths } from "./check.ts";
import { KlError } from "./error.ts";

export interface FullKlOptions {
  /** Logits (or log-probabilities) of the policy p, `[…, V]`. −∞ is a token of probability 0. */
  readonly logits: Float32Array;
  /** Those of the reference q, of the same shape. */
  readonly refLogits: Float32Array;
  /** `[N, V]` or `[B, T, V]`: the last dimension is the vocabulary. */
  readonly shape: readonly number[];
  /** Both are divided by it. Default 1. */
  readonly temperature?: number | undefined;
}

/**
 * The exact divergence of the two distributions at each position, in nats:
 * `kl` = KL(p ‖ q) = Σ_v p(v)·(log p(v) − log q(v)), `reverseKl` = KL(q ‖ p). In float64; never below 0.
 *
 * @returns one number for each position, `[N]` or `[B, T]`
 * @throws KlError for lengths that don't match the shape, or a temperature that is not a positive number
 * @example
 * const { kl } = fullKl({
 *   logits: Float32Array.of(0, 0),
 *   refLogits: Float32Array.of(0, Math.log(3)),
 *   shape: [1, 2],
 * });
 * console.log(kl[0]?.toFixed(4)); // 0.1438
 */
export function fullKl({ logits, refLogits, shape, temperature = 1 }: FullKlOptions): { kl: Float32Array; reverseKl: Float32Array } {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  checkLengths({ logits, refLogits }, size, `shape [${shape.join(", ")}]`);
  const vocabSize = shape.at(-1);
  if (vocabSize === undefined || vocabSize < 1) throw new KlError("bad-input", `shape [${shape.join(", ")}] has no vocabulary`);
  if (!Number.isFinite(temperature) || temperature <= 0) {
    throw new KlError("bad-input", `temperature is ${temperature}: pass a finite number above 0`);
  }

  const positions = size / vocabSize;
  const kl = new Float32Array(positions);
  const reverseKl = new Float32Array(positions);
  for (let position = 0; position < positions; position++) {
    const [from, to] = [position * vocabSize, (position + 1) * vocabSize];
    const logp = logSoftmax(logits.subarray(from, to), temperature);
    const logq = logSoftmax(refLogits.subarray(from, to), temperature);
    kl[position] = divergence(logp, logq);
    reverseKl[position] = divergence(logq, logp);
  }
  return { kl, reverseKl };
}

function logSoftmax(logits: Float32Array, temperature: number): Float64Array {
  let max = -Infinity;
  for (let token = 0; token < logits.length; token++) max = Math.max(max, logits[token]!);
  const logp = new Float64Array(logits.length);
  let sum = 0;
  for (let token = 0; token < logits.length; token++) {
    logp[token] = (logits[token]! - max) / temperature;
    sum += Math.exp(logp[token]!);
  }
  const logSum = Math.log(sum);
  for (let token = 0; token < logits.length; token++) logp[token]! -= logSum;
  return logp;
}

function divergence(logp: Float64Array, logq: Float64Array): number {
  let sum = 0;
  for (let token = 0; token < logp.length; token++) {
    const probability = Math.exp(logp[token]!);
    if (probability !== 0) sum += probability * (logp[token]! - logq[token]!);
  }
  return Math.max(sum, 0); // rounding alone can take it below
}
