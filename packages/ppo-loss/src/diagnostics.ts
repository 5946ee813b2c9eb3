import { validCells } from "@cai/contracts";
import { klEstimators } from "@cai/kl";
import { checkLengths } from "./pointwise.ts";
import { clippedSurrogate, type PolicyClipping } from "./policy-loss.ts";
import { clippedError } from "./value-loss.ts";

/** What an update did to the policy: means over valid tokens, 0 where there are none. */
export interface PolicyDiagnostics {
  /** Mean of ½(new − old)². */
  readonly approxKl: number;
  /** Share of tokens whose clipped loss was the larger (strictly). */
  readonly clipFraction: number;
  /** Share of tokens at the bound of `dualClip`. */
  readonly clipFractionLower: number;
  readonly ratioMean: number;
  /** Divided by the number of tokens. */
  readonly ratioVariance: number;
}

/**
 * Diagnostics of the policy loss. Arrays of any one length; for a step in several batches pass their arrays joined end to end.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * policyDiagnostics({
 *   newLogprobs: new Float32Array([Math.log(1.5), 0]),
 *   oldLogprobs: new Float32Array(2),
 *   advantages: new Float32Array([1, 1]),
 *   mask: new Uint8Array([1, 1]),
 * }).clipFraction; // 0.5
 */
export function policyDiagnostics(
  options: {
    readonly newLogprobs: Float32Array;
    readonly oldLogprobs: Float32Array;
    readonly advantages: Float32Array;
    readonly mask: Uint8Array;
  } & PolicyClipping,
): PolicyDiagnostics {
  const { newLogprobs, oldLogprobs, advantages, mask } = options;
  checkLengths(mask.length, { newLogprobs, oldLogprobs, advantages });
  const surrogate = clippedSurrogate(options);
  const points = validCells(mask).map((index) => surrogate(newLogprobs[index]!, oldLogprobs[index]!, advantages[index]!));
  const ratioMean = mean(points.map(({ ratio }) => ratio));
  return {
    approxKl: mean(points.map(({ logRatio }) => klEstimators.k2(logRatio).value)),
    clipFraction: mean(points.map(({ clipped }) => Number(clipped))),
    clipFractionLower: mean(points.map(({ clippedLower }) => Number(clippedLower))),
    ratioMean,
    ratioVariance: mean(points.map(({ ratio }) => (ratio - ratioMean) ** 2)),
  };
}

/**
 * Diagnostics of the value loss: the share of tokens whose clipped error was the larger, and how much of the returns' variance the
 * values explained when the responses were drawn (`oldValues`). Arrays as in {@link policyDiagnostics}.
 *
 * @throws PpoLossError `shape-mismatch`, `bad-option`.
 * @example
 * valueDiagnostics({
 *   newValues: new Float32Array([1, 2]),
 *   oldValues: new Float32Array([0, 2]),
 *   returns: new Float32Array([1, 2]),
 *   mask: new Uint8Array([1, 1]),
 *   clip: 0.2,
 * }).clipFraction; // 0.5
 */
export function valueDiagnostics({
  newValues,
  oldValues,
  returns,
  mask,
  clip,
}: {
  readonly newValues: Float32Array;
  readonly oldValues: Float32Array;
  readonly returns: Float32Array;
  readonly mask: Uint8Array;
  readonly clip?: number | undefined;
}): { readonly clipFraction: number; readonly explainedVariance: number } {
  checkLengths(mask.length, { newValues, oldValues, returns });
  const error = clippedError(clip);
  const clipped = validCells(mask).map((index) => Number(error(newValues[index]!, oldValues[index]!, returns[index]!).clipped));
  return { clipFraction: mean(clipped), explainedVariance: explainedVariance({ values: oldValues, returns, mask }) };
}

/**
 * 1 − Var(R − V) / (Var(R) + 1e-5) over valid tokens, variances unbiased: 1 is perfect, 0 no better than a constant, below 0 worse.
 * With fewer than two valid tokens 0.
 *
 * @throws PpoLossError `shape-mismatch`.
 * @example
 * explainedVariance({ values: new Float32Array([1, 3]), returns: new Float32Array([1, 3]), mask: new Uint8Array([1, 1]) }); // 1
 */
export function explainedVariance({
  values,
  returns,
  mask,
}: {
  readonly values: Float32Array;
  readonly returns: Float32Array;
  readonly mask: Uint8Array;
}): number {
  checkLengths(mask.length, { values, returns });
  const valid = validCells(mask);
  if (valid.length < 2) return 0;
  return 1 - variance(valid.map((index) => returns[index]! - values[index]!)) / (variance(valid.map((index) => returns[index]!)) + 1e-5);
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

/** Unbiased. */
function variance(numbers: readonly number[]): number {
  const centre = mean(numbers);
  return numbers.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (numbers.length - 1);
}
