import { type Shape2D, validCells } from "@cai/contracts";
import { type AggregationOptions, tokenWeights } from "./aggregation.ts";
import { PpoLossError } from "./error.ts";
import { checkLengths, type Loss } from "./pointwise.ts";
import { clippedSurrogate, type PolicyClipping } from "./policy-loss.ts";

/**
 * The clipped surrogate with one ratio a sequence in place of one a token:
 *
 *     log ratio of a row = Σ (new − old) over its tokens (`sum`: RLOO, https://arxiv.org/abs/2402.14740),
 *     or their mean (`mean`: GSPO, https://arxiv.org/abs/2507.18071)
 *
 * Every token of a row has the row's loss; `aggregation` makes one number of them. The slopes are those with respect to `newLogprobs`
 * `[B, T]`, the same for all tokens of a row.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * const { loss, slopes } = sequencePolicyLoss({
 *   newLogprobs: new Float32Array([Math.log(1.1), 0]),
 *   oldLogprobs: new Float32Array(2),
 *   advantages: new Float32Array([2]),
 *   ratio: "sum",
 *   mask: new Uint8Array([1, 1]),
 *   shape: [1, 2],
 * }); // -2.2, [-2.2, -2.2]: the ratio of the whole is 1.1
 */
export function sequencePolicyLoss(
  options: {
    readonly newLogprobs: Float32Array;
    readonly oldLogprobs: Float32Array;
    /** `[B]`. */
    readonly advantages: Float32Array;
    readonly ratio: "sum" | "mean";
    /** `[B, T]`: each token's loss is multiplied by it, without a gradient through it. Default: 1. */
    readonly weights?: Float32Array | Float64Array | undefined;
  } & PolicyClipping &
    AggregationOptions,
): Loss {
  const { newLogprobs, oldLogprobs, advantages, weights, ratio, mask, shape } = options;
  checkLengths(mask.length, { newLogprobs, oldLogprobs, weights });
  checkRows("advantages", advantages, shape);
  if (ratio !== "sum" && ratio !== "mean") throw new PpoLossError("bad-option", `ratio is ${ratio}: pass sum or mean.`);
  const surrogate = clippedSurrogate(options);
  const shares = tokenWeights(options);
  const slopes = new Float32Array(mask.length);
  let loss = 0;
  const [rows, columns] = shape;
  for (let row = 0; row < rows; row++) {
    const cells = validCells(mask, row * columns, (row + 1) * columns);
    if (cells.length === 0) continue;
    const parts = ratio === "mean" ? cells.length : 1;
    const logRatio = cells.reduce((sum, cell) => sum + newLogprobs[cell]! - oldLogprobs[cell]!, 0) / parts;
    const { value, slope } = surrogate(logRatio, 0, advantages[row]!);
    const share = cells.reduce((sum, cell) => sum + shares[cell]! * (weights?.[cell] ?? 1), 0);
    loss += share * value;
    for (const cell of cells) slopes[cell] = (share * slope) / parts;
  }
  return { loss, slopes };
}

/** Refuses arrays that don't have one number a row. */
function checkRows(name: string, array: ArrayLike<number>, [rows]: Shape2D): void {
  if (array.length !== rows)
    throw new PpoLossError("shape-mismatch", `${name} has ${array.length} numbers: the batch has ${rows} rows, pass one each.`);
}
