import { PreferenceError } from "./error.ts";
import { sigmoid } from "./log-sigmoid.ts";

/**
 * Expected calibration error (Guo et al. 2017, https://arxiv.org/abs/1706.04599): forecasts are put into bins of equal width by their
 * probability; of each bin the gap between mean probability and mean outcome counts by its share of the forecasts. 0 is calibrated, 1 the worst.
 *
 * @throws PreferenceError `shape-mismatch`, `bad-option`.
 * @example
 * expectedCalibrationError({ probabilities: [0.9, 0.9], outcomes: [1, 0] }); // 0.4
 */
export function expectedCalibrationError({
  probabilities,
  outcomes,
  bins = 10,
}: {
  /** `[N]`, from 0 to 1. */
  readonly probabilities: ArrayLike<number>;
  /** `[N]`: 1 where it came true, 0 where not; or what lies between, where that is not known for certain. */
  readonly outcomes: ArrayLike<number>;
  readonly bins?: number;
}): number {
  const count = probabilities.length;
  if (outcomes.length !== count)
    throw new PreferenceError("shape-mismatch", `outcomes has ${outcomes.length} numbers, probabilities ${count}: pass as many.`);
  if (!(Number.isSafeInteger(bins) && bins > 0)) throw new PreferenceError("bad-option", `bins is ${bins}: pass a whole number from 1.`);
  const gaps = new Float64Array(bins);
  for (let index = 0; index < count; index++) {
    const probability = probabilities[index]!;
    if (!(probability >= 0 && probability <= 1))
      throw new PreferenceError("bad-option", `probability ${index} is ${probability}: pass numbers from 0 to 1.`);
    gaps[Math.min(bins - 1, Math.floor(probability * bins))]! += probability - outcomes[index]!;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, count);
}

/**
 * The same of a reward model: σ(chosen − rejected) against the labels, in ten bins. Each pair counts in both orders, as it would if nobody
 * had put its better answer first.
 *
 * @param probability `[N]` that the chosen answer is the better one. Default: 1.
 */
export function pairCalibrationError({
  margins,
  probability,
}: {
  /** `[N]`, chosen − rejected. */
  readonly margins: ArrayLike<number>;
  readonly probability?: ArrayLike<number> | undefined;
}): number {
  const bothOrders = Array.from(margins, (margin, pair) => ({ margin, outcome: probability?.[pair] ?? 1 })).flatMap(
    ({ margin, outcome }) => [
      { forecast: sigmoid(margin), outcome },
      { forecast: sigmoid(-margin), outcome: 1 - outcome },
    ],
  );
  return expectedCalibrationError({
    probabilities: bothOrders.map(({ forecast }) => forecast),
    outcomes: bothOrders.map(({ outcome }) => outcome),
  });
}
