import type { Shape2D } from "@cai/contracts";
import { checkLengths } from "./check.ts";

/**
 * Two averages of a batch's divergence: `perSequence`, the mean over the rows of each row's sum (TRL's `objective/kl`, which feeds the
 * adaptive controller), and `perToken` = Σ kl·mask / Σ mask. Each 0 where there is nothing to average.
 *
 * @param options `kl` `[B, T]`, `mask` `[B, T]` (1 = counts), `shape`
 * @throws KlError for lengths that don't match the shape
 * @example
 * klSummary({
 *   kl: Float32Array.of(1, 2, 3, 0),
 *   mask: Uint8Array.of(1, 1, 1, 0),
 *   shape: [2, 2],
 * }); // { perSequence: 3, perToken: 2 }
 */
export function klSummary({ kl, mask, shape }: { readonly kl: Float32Array; readonly mask: Uint8Array; readonly shape: Shape2D }): {
  perSequence: number;
  perToken: number;
} {
  const [rows, columns] = shape;
  checkLengths({ kl, mask }, rows * columns, `shape [${rows}, ${columns}]`);
  let sum = 0;
  let tokens = 0;
  for (let i = 0; i < kl.length; i++) {
    if (mask[i] === 0) continue;
    sum += kl[i]!;
    tokens++;
  }
  return { perSequence: rows === 0 ? 0 : sum / rows, perToken: tokens === 0 ? 0 : sum / tokens };
}
