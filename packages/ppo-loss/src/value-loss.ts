import type { AggregationOptions } from "./aggregation.ts";
import { PpoLossError } from "./error.ts";
import { checkLengths, type Loss, pointwiseLoss } from "./pointwise.ts";

/**
 * Half the squared error of the values, the larger of the plain and the clipped one:
 *
 *     token loss = ½·max((v − R)², (clamp(v, v_old − clip, v_old + clip) − R)²)
 *
 * averaged as `aggregation` says; without `clip` ½(v − R)². The ½ is included, a coefficient is not. The slopes
 * are those with respect to `newValues` `[B, T]`.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * const { loss } = valueLoss({
 *   newValues: new Float32Array([1]),
 *   oldValues: new Float32Array([0]),
 *   returns: new Float32Array([1]),
 *   mask: new Uint8Array([1]),
 *   shape: [1, 1],
 *   clip: 0.2,
 * }); // 0.32: the value counts as 0.2, ½·0.8²
 */
export function valueLoss(
  options: {
    readonly newValues: Float32Array;
    readonly oldValues: Float32Array;
    readonly returns: Float32Array;
    /** Default: off. */
    readonly clip?: number | undefined;
  } & AggregationOptions,
): Loss {
  const { newValues, oldValues, returns, clip, mask } = options;
  checkLengths(mask.length, { oldValues, returns });
  const error = clippedError(clip);
  return pointwiseLoss("newValues", newValues, options, (value, index) => error(value, oldValues[index]!, returns[index]!));
}

/** A token's value loss, its derivative with respect to the new value, and whether the clipped error was the larger. */
export function clippedError(clip = Number.POSITIVE_INFINITY) {
  if (!(clip > 0)) throw new PpoLossError("bad-option", `clip is ${clip}: pass a number above 0, or leave it out.`);
  return (newValue: number, oldValue: number, target: number) => {
    const plain = (newValue - target) ** 2;
    const bounded = (Math.min(Math.max(newValue, oldValue - clip), oldValue + clip) - target) ** 2;
    const clipped = bounded > plain;
    // The bounded value is a constant wherever its error differs from the plain one.
    return { value: Math.max(plain, bounded) / 2, slope: clipped ? 0 : newValue - target, clipped };
  };
}
