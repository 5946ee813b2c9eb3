import type { PairLoss } from "./bradley-terry-loss.ts";
import { checkDivisor, checkPairs, checkProbabilities } from "./check-pairs.ts";
import { PreferenceError } from "./error.ts";
import { logSigmoid, sigmoid } from "./log-sigmoid.ts";
import { prefersBetter } from "./prefers-better.ts";

/**
 * What a pair's lead h is worth. `sigmoid`: −log σ(βh) (Rafailov et al. 2023, https://arxiv.org/abs/2305.18290). `robust`: the same without the
 * bias of labels of which a share `labelSmoothing` is wrong (https://arxiv.org/abs/2403.00409). `sigmoid_norm` and `ipo`: with the mean over an
 * answer's tokens in place of their sum; `ipo`: (h − 1/2β)² (https://arxiv.org/abs/2310.12036).
 */
export type DpoLossType = "sigmoid" | "sigmoid_norm" | "robust" | "ipo";

export const dpoLossTypes: readonly DpoLossType[] = ["sigmoid", "sigmoid_norm", "robust", "ipo"];

/** The answers of N pairs, `[N]` each: log-probabilities summed over an answer's tokens, in nats. */
export interface DpoLogps {
  readonly chosen: ArrayLike<number>;
  readonly rejected: ArrayLike<number>;
  /** The same under the reference. */
  readonly refChosen: ArrayLike<number>;
  readonly refRejected: ArrayLike<number>;
}

/** Of the implicit rewards β·(log-probability − the reference's). */
export interface DpoDiagnostics {
  readonly chosenReward: number;
  readonly rejectedReward: number;
  /** Mean of chosen − rejected. */
  readonly rewardMargin: number;
  /** Share of the pairs whose better answer, by their label, has the higher reward. */
  readonly rewardAccuracy: number;
  readonly chosenLogps: number;
  readonly rejectedLogps: number;
}

/**
 * The loss of direct preference optimisation, a mean over pairs. With an answer's score s = log-probability − reference's (or its mean over
 * tokens, by `lossType`), the lead h = s(chosen) − s(rejected), L the loss of a lead and p the probability that the chosen answer is the
 * better one:
 *
 *     p·L(h) + (1 − p)·L(−h)
 *
 * With `labelSmoothing` ε, `sigmoid` and `sigmoid_norm` are −(1 − ε)·log σ(βh) − ε·log σ(−βh) (conservative DPO), and `robust` is
 * (−(1 − ε)·log σ(βh) + ε·log σ(−βh)) / (1 − 2ε). Definitions are TRL 1.x's. The slopes are those with respect to the summed
 * log-probabilities, and so to each of an answer's tokens'. Sums run in float64.
 *
 * @throws PreferenceError `shape-mismatch`, `bad-option`.
 * @example
 * const logps = { chosen: [-10], rejected: [-12], refChosen: [-10 - Math.log(3)], refRejected: [-12] };
 * const { loss, slopes } = dpoLoss({ ...logps, beta: 1 }); // log 4/3; −1/4 and 1/4
 */
export function dpoLoss({
  chosen,
  rejected,
  refChosen,
  refRejected,
  chosenTokens,
  rejectedTokens,
  probability,
  lossType = "sigmoid",
  beta = 0.1,
  labelSmoothing = 0,
  pairs = chosen.length,
}: DpoLogps & {
  /** `[N]`: tokens of each answer; wanted where the loss takes means over them. */
  readonly chosenTokens?: ArrayLike<number> | undefined;
  readonly rejectedTokens?: ArrayLike<number> | undefined;
  /** `[N]`, from 0 to 1. Default: 1. */
  readonly probability?: ArrayLike<number> | undefined;
  readonly lossType?: DpoLossType | undefined;
  /** How strongly the reference holds; above 0. Default 0.1. */
  readonly beta?: number | undefined;
  /** ε, from 0 to below 0.5. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** What the mean divides by: the pairs of the whole optimizer step, where these are some of them. Default: N. */
  readonly pairs?: number | undefined;
}): PairLoss<DpoDiagnostics> {
  const count = chosen.length;
  checkPairs(count, { rejected, refChosen, refRejected, chosenTokens, rejectedTokens, probability });
  checkProbabilities(probability);
  checkDivisor(pairs);
  checkDpoOptions({ lossType, beta, labelSmoothing });
  const overTokens = averaged.has(lossType);
  if (overTokens && (chosenTokens === undefined || rejectedTokens === undefined))
    throw new PreferenceError("bad-option", `${lossType} takes means over tokens: pass chosenTokens and rejectedTokens.`);
  const lossOf = lossesOfLead[lossType];
  const slopes = { chosen: new Float32Array(count), rejected: new Float32Array(count) };
  const sums = { chosenReward: 0, rejectedReward: 0, rewardMargin: 0, rewardAccuracy: 0, chosenLogps: 0, rejectedLogps: 0 };
  let loss = 0;
  for (let pair = 0; pair < count; pair++) {
    const chosenRatio = chosen[pair]! - refChosen[pair]!;
    const rejectedRatio = rejected[pair]! - refRejected[pair]!;
    const chosenShare = overTokens ? 1 / Math.max(1, chosenTokens![pair]!) : 1;
    const rejectedShare = overTokens ? 1 / Math.max(1, rejectedTokens![pair]!) : 1;
    const lead = chosenRatio * chosenShare - rejectedRatio * rejectedShare;
    const p = probability?.[pair] ?? 1;
    const [ahead, behind] = [lossOf(lead, beta, labelSmoothing), lossOf(-lead, beta, labelSmoothing)];
    loss += p * ahead.value + (1 - p) * behind.value;
    const slope = p * ahead.slope - (1 - p) * behind.slope;
    slopes.chosen[pair] = (slope * chosenShare) / pairs;
    slopes.rejected[pair] = (-slope * rejectedShare) / pairs;

    sums.chosenReward += beta * chosenRatio;
    sums.rejectedReward += beta * rejectedRatio;
    sums.rewardMargin += beta * (chosenRatio - rejectedRatio);
    sums.rewardAccuracy += prefersBetter(chosenRatio - rejectedRatio, p) ? 1 : 0;
    sums.chosenLogps += chosen[pair]!;
    sums.rejectedLogps += rejected[pair]!;
  }
  const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / count]));
  return { loss: loss / pairs, slopes, diagnostics: means as Record<keyof typeof sums, number> };
}

/**
 * Refuses what no loss can be made of.
 *
 * @throws PreferenceError `bad-option`.
 */
export function checkDpoOptions({
  lossType,
  beta,
  labelSmoothing,
}: {
  readonly lossType: DpoLossType;
  readonly beta: number;
  readonly labelSmoothing: number;
}): void {
  const refuse = (message: string) => {
    throw new PreferenceError("bad-option", message);
  };
  if (!dpoLossTypes.includes(lossType)) refuse(`lossType is ${lossType}: pass ${dpoLossTypes.join(", ")}.`);
  if (!(beta > 0 && Number.isFinite(beta))) refuse(`beta is ${beta}: pass a number above 0.`);
  if (!(labelSmoothing >= 0 && labelSmoothing < 0.5))
    refuse(`labelSmoothing is ${labelSmoothing}: pass the share of labels that are wrong, from 0 to below 0.5.`);
  if (lossType === "ipo" && labelSmoothing > 0) refuse("ipo has no labelSmoothing: leave it at 0, or pass each pair's probability.");
}

const averaged: ReadonlySet<DpoLossType> = new Set<DpoLossType>(["sigmoid_norm", "ipo"]);

/** A lead's loss and its derivative. */
type LossOfLead = (lead: number, beta: number, smoothing: number) => { readonly value: number; readonly slope: number };

const conservative: LossOfLead = (lead, beta, smoothing) => ({
  value: -(1 - smoothing) * logSigmoid(beta * lead) - smoothing * logSigmoid(-beta * lead),
  slope: beta * (smoothing * sigmoid(beta * lead) - (1 - smoothing) * sigmoid(-beta * lead)),
});

const lossesOfLead: Readonly<Record<DpoLossType, LossOfLead>> = {
  sigmoid: conservative,
  sigmoid_norm: conservative,
  robust: (lead, beta, smoothing) => ({
    value: (-(1 - smoothing) * logSigmoid(beta * lead) + smoothing * logSigmoid(-beta * lead)) / (1 - 2 * smoothing),
    slope: (-beta * (smoothing * sigmoid(beta * lead) + (1 - smoothing) * sigmoid(-beta * lead))) / (1 - 2 * smoothing),
  }),
  ipo: (lead, beta) => ({ value: (lead - 1 / (2 * beta)) ** 2, slope: 2 * (lead - 1 / (2 * beta)) }),
};
