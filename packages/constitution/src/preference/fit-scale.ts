import { ConstitutionError } from "../error.ts";

/** A scale, and how well it says which of two answers is the right one. */
export interface FittedScale {
  /** Of σ(scale · margin). */
  readonly scale: number;
  /** Share of the margins above 0; one of 0 counts half. */
  readonly accuracy: number;
  /** How many margins it was fitted to. */
  readonly pairs: number;
}

/**
 * The scale by which σ(scale · margin) is the probability that a margin points to the right answer, by maximum likelihood over n margins whose right
 * side is known: each is (ratio of the right answer) − (ratio of the wrong one). The target is (n + 1) / (n + 2) instead of 1, as in Platt
 * 1999, without which margins that are all right would ask for an endless scale.
 *
 * @throws ConstitutionError `bad-answer` where margins point to the wrong side on the whole: no scale makes labels of them
 * @example
 * fitScale([1, 1]).scale; // 1.0986122886681098
 */
export function fitScale(margins: readonly number[]): FittedScale {
  const pairs = margins.length;
  const target = (pairs + 1) / (pairs + 2);
  /** Falls as the scale grows: Σ margin · (target − σ(scale · margin)), the slope of the log-likelihood. */
  const slope = (scale: number): number =>
    margins.reduce((sum, margin) => sum + margin * (target - 1 / (1 + Math.exp(-scale * margin))), 0);
  if (!margins.every(Number.isFinite)) throw new ConstitutionError("bad-answer", "a margin is no finite number");
  if (!(slope(0) > 0)) {
    const mean = margins.reduce((sum, margin) => sum + margin, 0) / Math.max(pairs, 1);
    throw new ConstitutionError(
      "bad-answer",
      `likelihood ratios point to the wrong answer on ${pairs} pairs whose right one is known (mean margin ${mean.toPrecision(3)}): ` +
        "this model can't judge by these personas; give a scale, or let another model judge",
    );
  }
  return { scale: zeroOf(slope), accuracy: margins.reduce((sum, margin) => sum + (Math.sign(margin) + 1) / 2, 0) / pairs, pairs };
}

/** Where a falling function that is above 0 at 0 crosses 0, to the last bit that bisection tells. */
function zeroOf(falling: (x: number) => number): number {
  let [low, high] = [0, 1];
  while (falling(high) > 0) [low, high] = [high, 2 * high];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (falling(middle) > 0) low = middle;
    else high = middle;
  }
}
