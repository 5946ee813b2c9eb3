import { type Shape2D, validCells } from "@cai/contracts";
import { PpoLossError } from "./error.ts";
import { checkLengths } from "./pointwise.ts";

/** What becomes of a ratio above the cap: it counts as the cap (`truncate`), or its tokens count for nothing (`mask`). */
export type ImportanceCorrection = "token-truncate" | "token-mask" | "sequence-truncate" | "sequence-mask";

/**
 * What each token's loss is multiplied by where another engine drew the responses, or drew them otherwise: exp(old − behaviour), by token or
 * for a whole sequence (the product over its tokens), bounded by `cap` (https://fengyao.notion.site/off-policy-rl). An infinite cap bounds nothing.
 *
 * @returns `weights` `[B, T]`, 0 where masked; and, over valid tokens, how far the two were apart: the mean and largest |old − behaviour|, and
 *   the share of tokens that the cap touched.
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * const { weights } = importanceWeights({
 *   oldLogprobs: new Float32Array([0, Math.log(4)]),
 *   behaviourLogprobs: new Float32Array(2),
 *   mask: new Uint8Array([1, 1]),
 *   shape: [1, 2],
 *   correction: "token-truncate",
 *   cap: 3,
 * }); // [1, 3]
 */
export function importanceWeights({
  oldLogprobs,
  behaviourLogprobs,
  mask,
  shape,
  correction,
  cap,
}: {
  readonly oldLogprobs: Float32Array;
  readonly behaviourLogprobs: Float32Array;
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
  readonly correction: ImportanceCorrection;
  readonly cap: number;
}): { weights: Float64Array; meanDifference: number; maxDifference: number; cappedFraction: number } {
  checkLengths(mask.length, { oldLogprobs, behaviourLogprobs });
  if (!(cap > 0)) throw new PpoLossError("bad-option", `cap is ${cap}: pass a number above 0.`);
  if (!["token-truncate", "token-mask", "sequence-truncate", "sequence-mask"].includes(correction))
    throw new PpoLossError(
      "bad-option",
      `correction is ${correction}: pass token-truncate, token-mask, sequence-truncate or sequence-mask.`,
    );
  const weights = new Float64Array(mask.length);
  let [tokens, differences, maxDifference, capped] = [0, 0, 0, 0];
  const [rows, columns] = shape;
  for (let row = 0; row < rows; row++) {
    const cells = validCells(mask, row * columns, (row + 1) * columns);
    const logRatios = cells.map((cell) => oldLogprobs[cell]! - behaviourLogprobs[cell]!);
    const ofSequence = Math.exp(logRatios.reduce((sum, x) => sum + x, 0));
    cells.forEach((cell, i) => {
      const ratio = correction.startsWith("sequence") ? ofSequence : Math.exp(logRatios[i]!);
      const isCapped = ratio > cap;
      weights[cell] = isCapped ? (correction.endsWith("mask") ? 0 : cap) : ratio;
      capped += Number(isCapped);
      differences += Math.abs(logRatios[i]!);
      maxDifference = Math.max(maxDifference, Math.abs(logRatios[i]!));
      tokens++;
    });
  }
  const count = Math.max(1, tokens);
  return { weights, meanDifference: differences / count, maxDifference, cappedFraction: capped / count };
}
