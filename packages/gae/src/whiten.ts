import { type Masked, maskedMean, maskedVariance } from "./masked.ts";

/** A deviation of four float32 units in the last place: numbers that are nearer to each other are equal but for rounding. */
const roundingOfNumbers = 4 * 2 ** -23;

export interface WhitenOptions extends Masked {
  /** Add the mean again: only the scale changes, as TRL does with rewards. Default false. */
  readonly keepMean?: boolean | undefined;
  /** Added to the variance. Default 1e-8. */
  readonly epsilon?: number | undefined;
}

/**
 * (x − mean) / √(variance + ε) over what counts, with the unbiased variance; 0 where masked.
 *
 * Numbers without a spread become 0 (with `keepMean`: stay themselves): a single one that counts, and several that are equal but for
 * float32's rounding, whose deviation is at most 4 · 2⁻²³ of their mean. Nothing is blown up to a deviation of 1 that is rounding.
 *
 * @returns as long as `x`, which is not changed
 * @throws GaeError for arrays of different lengths
 * @example
 * const whitened = whiten({ x: Float32Array.of(1, 2, 3, 99), mask: Uint8Array.of(1, 1, 1, 0) });
 * console.log(whitened); // Float32Array(4) [ -1, 0, 1, 0 ]
 */
export function whiten({ x, mask, keepMean = false, epsilon = 1e-8 }: WhitenOptions): Float32Array {
  const mean = maskedMean({ x, mask });
  const variance = maskedVariance({ x, mask });
  const scale = Math.sqrt(variance) <= roundingOfNumbers * Math.abs(mean) ? 0 : 1 / Math.sqrt(variance + epsilon);
  const centre = keepMean ? mean : 0;
  const whitened = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    if (mask[i] !== 0) whitened[i] = (x[i]! - mean) * scale + centre;
  }
  return whitened;
}
