import { checkLengths } from "./check.ts";

/** Numbers of any shape, and which of them count (1). */
export interface Masked {
  readonly x: Float32Array;
  readonly mask: Uint8Array;
}

/**
 * Σ x·m / Σ m, in float64; 0 where nothing counts.
 *
 * @throws GaeError for arrays of different lengths
 * @example
 * maskedMean({ x: Float32Array.of(1, 3, 99), mask: Uint8Array.of(1, 1, 0) }); // 2
 */
export function maskedMean({ x, mask }: Masked): number {
  checkLengths({ mask }, x.length, "x");
  let sum = 0;
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    if (mask[i] === 0) continue;
    sum += x[i]!;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/**
 * Σ (x − mean)²·m / (n − 1), or / n with `unbiased: false`, in two passes in float64; 0 where fewer than two numbers count.
 *
 * @throws GaeError for arrays of different lengths
 * @example
 * maskedVariance({ x: Float32Array.of(1, 3, 99), mask: Uint8Array.of(1, 1, 0) }); // 2
 */
export function maskedVariance({ x, mask, unbiased = true }: Masked & { readonly unbiased?: boolean | undefined }): number {
  const mean = maskedMean({ x, mask });
  let sum = 0;
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    if (mask[i] === 0) continue;
    sum += (x[i]! - mean) ** 2;
    count++;
  }
  return count < 2 ? 0 : sum / (unbiased ? count - 1 : count);
}
