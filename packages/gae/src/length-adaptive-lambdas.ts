import { rowLengths, type Shape2D } from "@cai/contracts";
import { checkLengths } from "./check.ts";
import { GaeError } from "./error.ts";

/**
 * A λ for each row that grows with its length (VAPO, https://arxiv.org/abs/2504.05118), so that the coefficients of GAE's sum, which
 * add up to about 1 / (1 − λ), reach equally far into short and long responses:
 *
 *     λ = 1 − 1 / (α·l)
 *
 * with l the row's valid tokens; 0 where that would be below 0.
 *
 * @param options `mask` `[B, T]` (1 = counts), `shape`, `alpha` above 0: 0.05 in the paper, for responses of thousands of tokens
 * @returns `[B]`, for `computeGae`
 * @throws GaeError for lengths that don't match the shape, or an α that is not a finite number above 0
 * @example
 * lengthAdaptiveLambdas({ mask: Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 0), shape: [2, 4], alpha: 0.5 }); // [0.5, 0]
 */
export function lengthAdaptiveLambdas({
  mask,
  shape: [rows, columns],
  alpha,
}: {
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
  readonly alpha: number;
}): Float64Array {
  checkLengths({ mask }, rows * columns, `shape [${rows}, ${columns}]`);
  if (!(alpha > 0 && Number.isFinite(alpha))) throw new GaeError("bad-input", `alpha is ${alpha}: pass a finite number above 0`);
  return Float64Array.from(rowLengths(mask, [rows, columns]), (length) => (length === 0 ? 0 : Math.max(0, 1 - 1 / (alpha * length))));
}
