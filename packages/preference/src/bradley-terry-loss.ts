import { checkDivisor, checkPairs, checkProbabilities } from "./check-pairs.ts";
import { PreferenceError } from "./error.ts";
import { logSigmoid, sigmoid } from "./log-sigmoid.ts";
import { prefersBetter } from "./prefers-better.ts";

/** A loss over pairs, and its derivatives with respect to the number that each answer has. */
export interface PairLoss<Diagnostics> {
  readonly loss: number;
  /** `[N]` each. */
  readonly slopes: { readonly chosen: Float32Array; readonly rejected: Float32Array };
  readonly diagnostics: Diagnostics;
}

/** Of the scores as they are. */
export interface ScoreDiagnostics {
  /** Share of the pairs whose better answer, by their label, has the higher score; a tie is not accurate. */
  readonly accuracy: number;
  /** Mean of chosen − rejected. */
  readonly margin: number;
  /** Over all scores, chosen and rejected. */
  readonly meanReward: number;
  readonly minReward: number;
  readonly maxReward: number;
}

/**
 * The Bradley–Terry loss of a reward model (Stiennon et al. 2020, https://arxiv.org/abs/2009.01325), with z = chosen − rejected − margin and
 * p the probability that the chosen answer is the better one:
 *
 *     mean of −p·log σ(z) − (1 − p)·log σ(−z)  +  c · mean of (chosen + rejected)²
 *
 * The margin is that of Llama 2 (https://arxiv.org/abs/2307.09288), the second term holds scores around 0
 * (https://arxiv.org/abs/2312.09244). The slopes are those with respect to the scores. Sums run in float64.
 *
 * @throws PreferenceError `shape-mismatch`, `bad-option`.
 * @example
 * const { loss, slopes } = bradleyTerryLoss({ chosen: [Math.log(3)], rejected: [0] });
 * // loss log 4/3: the chosen answer is three times as likely to win; slopes −1/4 and 1/4
 */
export function bradleyTerryLoss({
  chosen,
  rejected,
  margin,
  probability,
  centerRewardsCoefficient = 0,
  pairs = chosen.length,
}: {
  /** `[N]` scores. */
  readonly chosen: ArrayLike<number>;
  readonly rejected: ArrayLike<number>;
  /** `[N]`: by how much chosen is to beat rejected. Default: 0. */
  readonly margin?: ArrayLike<number> | undefined;
  /** `[N]`, from 0 to 1. Default: 1. */
  readonly probability?: ArrayLike<number> | undefined;
  /** The weight c. Default: 0. */
  readonly centerRewardsCoefficient?: number | undefined;
  /** What the means divide by: the pairs of the whole optimizer step, where these are some of them. Default: N. */
  readonly pairs?: number | undefined;
}): PairLoss<ScoreDiagnostics> {
  const count = chosen.length;
  checkPairs(count, { rejected, margin, probability });
  checkProbabilities(probability);
  checkDivisor(pairs);
  if (!(centerRewardsCoefficient >= 0))
    throw new PreferenceError("bad-option", `centerRewardsCoefficient is ${centerRewardsCoefficient}: pass a number from 0.`);
  const slopes = { chosen: new Float32Array(count), rejected: new Float32Array(count) };
  let loss = 0;
  for (let pair = 0; pair < count; pair++) {
    const z = chosen[pair]! - rejected[pair]! - (margin?.[pair] ?? 0);
    const sum = chosen[pair]! + rejected[pair]!;
    const p = probability?.[pair] ?? 1;
    loss += -p * logSigmoid(z) - (1 - p) * logSigmoid(-z) + centerRewardsCoefficient * sum ** 2;
    const slope = (1 - p) * sigmoid(z) - p * sigmoid(-z); // σ(z) − p, without cancelling
    const centering = 2 * centerRewardsCoefficient * sum;
    slopes.chosen[pair] = (slope + centering) / pairs;
    slopes.rejected[pair] = (-slope + centering) / pairs;
  }
  return { loss: loss / pairs, slopes, diagnostics: scoreDiagnostics({ chosen, rejected, probability }) };
}

/** How the scores of pairs compare. */
function scoreDiagnostics({
  chosen,
  rejected,
  probability,
}: {
  readonly chosen: ArrayLike<number>;
  readonly rejected: ArrayLike<number>;
  readonly probability: ArrayLike<number> | undefined;
}): ScoreDiagnostics {
  const pairs = chosen.length;
  let [accurate, margin, sum, least, most] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let pair = 0; pair < pairs; pair++) {
    const [good, bad] = [chosen[pair]!, rejected[pair]!];
    if (prefersBetter(good - bad, probability?.[pair])) accurate++;
    margin += good - bad;
    sum += good + bad;
    least = Math.min(least, good, bad);
    most = Math.max(most, good, bad);
  }
  return { accuracy: accurate / pairs, margin: margin / pairs, meanReward: sum / (2 * pairs), minReward: least, maxReward: most };
}
