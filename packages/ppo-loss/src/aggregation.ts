import { rowLengths, type Shape2D } from "@cai/contracts";
import { PpoLossError } from "./error.ts";

/**
 * How the losses of single tokens become one number.
 *
 * - `token-mean`: Σ over all valid tokens / their number. Long responses weigh more. The default.
 * - `seq-mean-token-mean`: the mean over each row's valid tokens, then the mean over rows. Every response weighs the same (GRPO).
 * - `seq-mean-token-sum`: the sum over each row's valid tokens, then the mean over rows.
 * - `{ divisor }`: the sum over all valid tokens / a constant, so that lengths change nothing (Dr. GRPO, https://arxiv.org/abs/2503.20783).
 */
export type Aggregation = "token-mean" | "seq-mean-token-mean" | "seq-mean-token-sum" | { readonly divisor: number };

/**
 * What means are divided by: the valid tokens, and the rows that have any, of the whole optimizer step. A batch that is only a part
 * of the step passes those of the whole, and the gradients of the parts then add up to the whole's.
 */
export interface Denominators {
  readonly tokens: number;
  readonly rows: number;
}

/** How a loss is made out of the tokens of a batch. */
export interface AggregationOptions {
  /** `[B, T]`; tokens with 0 count for nothing, whatever stands there. */
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
  /** Default `token-mean`. */
  readonly aggregation?: Aggregation | undefined;
  /** Default: those of this batch. */
  readonly denominators?: Denominators | undefined;
}

/**
 * The valid tokens of a mask and the rows that have any.
 *
 * @throws PpoLossError `shape-mismatch`.
 * @example
 * countDenominators({ mask: new Uint8Array([1, 1, 0, 0]), shape: [2, 2] }); // { tokens: 2, rows: 1 }
 */
export function countDenominators({ mask, shape }: { readonly mask: Uint8Array; readonly shape: Shape2D }): Denominators {
  const counts = rowCounts(mask, shape);
  return { tokens: counts.reduce((sum, count) => sum + count, 0), rows: counts.filter((count) => count > 0).length };
}

/** `[B, T]`: what each token's loss is multiplied by before all are added up; 0 where masked. */
export function tokenWeights({ mask, shape, aggregation = "token-mean", denominators }: AggregationOptions): Float64Array {
  const { tokens, rows } = denominators ?? countDenominators({ mask, shape });
  const counts = rowCounts(mask, shape);
  return Float64Array.from(mask, (valid, index) => {
    if (valid !== 1) return 0;
    if (aggregation === "token-mean") return 1 / positive("denominators.tokens", tokens);
    if (aggregation === "seq-mean-token-mean") return 1 / (positive("denominators.rows", rows) * counts[Math.floor(index / shape[1])]!);
    if (aggregation === "seq-mean-token-sum") return 1 / positive("denominators.rows", rows);
    if (typeof aggregation === "object") return 1 / positive("aggregation.divisor", aggregation.divisor);
    throw new PpoLossError(
      "bad-option",
      `aggregation is ${aggregation}: pass token-mean, seq-mean-token-mean, seq-mean-token-sum or { divisor }.`,
    );
  });
}

function rowCounts(mask: Uint8Array, [rows, columns]: Shape2D): number[] {
  if (mask.length !== rows * columns)
    throw new PpoLossError("shape-mismatch", `mask has ${mask.length} elements: shape [${rows}, ${columns}] wants ${rows * columns}.`);
  return rowLengths(mask, [rows, columns]);
}

function positive(name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) throw new PpoLossError("bad-option", `${name} is ${value}: pass a finite number above 0.`);
  return value;
}
