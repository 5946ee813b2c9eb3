import { checkLevel } from "./check.ts";
import { EvaluationError } from "./error.ts";
import { normalQuantile } from "./normal-quantile.ts";

/** Two ends of an interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval of a share, which stays within 0 and 1 and holds its level at small counts too (Wilson 1927):
 * (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n).
 *
 * @param options `successes` of `trials`, which may be a fraction (ties as halves; a prompt's mean over its draws as one trial, which makes the
 *   interval too wide rather than too narrow); `level`, default 0.95
 * @throws EvaluationError `bad-option`
 * @example
 * wilsonInterval({ successes: 8, trials: 10 }); // { low: 0.490…, high: 0.943… }
 */
export function wilsonInterval({
  successes,
  trials,
  level = 0.95,
}: {
  readonly successes: number;
  readonly trials: number;
  readonly level?: number;
}): Interval {
  checkLevel(level);
  if (!(trials > 0) || !Number.isFinite(trials)) throw new EvaluationError("bad-option", `trials is ${trials}: pass a number above 0`);
  if (!(successes >= 0 && successes <= trials))
    throw new EvaluationError("bad-option", `successes is ${successes}: pass a number from 0 to trials, ${trials}`);
  const share = successes / trials;
  const z = normalQuantile((1 + level) / 2);
  const weight = z ** 2 / trials;
  const center = share + weight / 2;
  const half = z * Math.sqrt((share * (1 - share)) / trials + weight / (4 * trials));
  return { low: Math.max(0, (center - half) / (1 + weight)), high: Math.min(1, (center + half) / (1 + weight)) };
}
