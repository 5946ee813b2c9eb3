import { validRows } from "@cai/contracts";
import type { Denominators } from "@cai/ppo-loss";
import type { GroupExperience } from "./group-experience.ts";

/** What a ratio is of: a token, or an answer, by the mean (GSPO) or the sum (RLOO) of its tokens' log ratios. */
export type RatioLevel = "token" | "mean" | "sum";

/**
 * The shares of ratios that are beyond the clip, on the side where that ends their gradient, under TRL's names: of the tokens of an optimizer
 * step, or of its answers. Those of the step's chunks add up.
 */
export function clipShares(
  newLogprobs: Float32Array,
  experience: GroupExperience,
  denominators: Denominators,
  { level, clipLow, clipHigh }: { readonly level: RatioLevel; readonly clipLow: number; readonly clipHigh: number },
): Readonly<Record<string, number>> {
  const low = shareOf(newLogprobs, experience, denominators, level, (ratio, advantage) => advantage < 0 && ratio < 1 - clipLow);
  const high = shareOf(newLogprobs, experience, denominators, level, (ratio, advantage) => advantage > 0 && ratio > 1 + clipHigh);
  return { "clip_ratio/low_mean": low, "clip_ratio/high_mean": high, "clip_ratio/region_mean": low + high };
}

/** The same of CISPO's tokens, whose ratios count up to `cap` and have no bound below. */
export function cispoClipShare(
  newLogprobs: Float32Array,
  experience: GroupExperience,
  denominators: Denominators,
  cap: number,
): Readonly<Record<string, number>> {
  const share = shareOf(newLogprobs, experience, denominators, "token", (ratio, advantage) => advantage > 0 && ratio > cap);
  return { cispo_clip_ratio: share };
}

function shareOf(
  newLogprobs: Float32Array,
  experience: GroupExperience,
  { tokens, rows }: Denominators,
  level: RatioLevel,
  counts: (ratio: number, advantage: number) => boolean,
): number {
  const { mask, shape } = experience.responses;
  const [logprobs, oldLogprobs, advantages] = [newLogprobs, experience.logprobs, experience.advantages].map((of) =>
    validRows(of, mask, shape),
  );
  let count = 0;
  logprobs!.forEach((row, index) => {
    const logRatios = Array.from(row, (logprob, token) => logprob - oldLogprobs![index]![token]!);
    const whole = logRatios.reduce((sum, x) => sum + x, 0);
    const ofLevel = { token: logRatios, mean: [whole / row.length], sum: [whole] }[level];
    if (row.length > 0) count += ofLevel.filter((logRatio, token) => counts(Math.exp(logRatio), advantages![index]![token]!)).length;
  });
  return count / (level === "token" ? tokens : rows);
}
