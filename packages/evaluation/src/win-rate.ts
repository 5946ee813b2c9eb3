import { checkByPrompt, checkSameLength, type ScoresByPrompt } from "./check.ts";
import { EvaluationError } from "./error.ts";

/** Two policies' scores for the same prompts. */
export interface WinRateOptions {
  /** `[prompts][draws]`, by one judge. */
  readonly policy: ScoresByPrompt;
  /** The same prompts in the same order; draws may be of another number. */
  readonly base: ScoresByPrompt;
  /** Scores no further apart than this are a tie. Default 1e-6. */
  readonly tie?: number;
}

/** How often one policy's answer is the better one. */
export interface WinRate {
  /** Mean over prompts of their share of wins, ties as halves. */
  readonly winRate: number;
  /** `[prompts]`: the share of each. */
  readonly byPrompt: readonly number[];
  /** Comparisons: every draw of the policy against every draw of the base, of the same prompt. */
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
}

/** Scores within this are equal: float32 makes no more of most. */
export const defaultTie = 1e-6;

/**
 * How often the policy's answer beats the base's to the same prompt. Where there are several draws, each is held against each of the other's
 * to the same prompt: of all unbiased estimates from these draws the one that varies least. Prompts count alike, however many draws they have.
 *
 * @throws EvaluationError `shape-mismatch` for another number of prompts, or one without draws; `bad-scores`; `bad-option` for the tie
 * @example
 * winRate({ policy: [[2], [0], [1]], base: [[1], [0], [3]] }).winRate; // 0.5: a win, a tie, a loss
 */
export function winRate({ policy, base, tie = defaultTie }: WinRateOptions): WinRate {
  const preferences = pairwisePreferences({ policy, base, tie });
  const all = preferences.flat();
  const byPrompt = preferences.map((shares) => shares.reduce((sum, share) => sum + share, 0) / shares.length);
  return {
    winRate: byPrompt.reduce((sum, share) => sum + share, 0) / byPrompt.length,
    byPrompt,
    wins: all.filter((share) => share === 1).length,
    ties: all.filter((share) => share === 0.5).length,
    losses: all.filter((share) => share === 0).length,
  };
}

/**
 * 1 where the policy's draw is the better one, ½ for a tie, 0 where the base's is: `[prompts][policy draws · base draws]`, the base's draws
 * running fastest.
 */
export function pairwisePreferences({ policy, base, tie = defaultTie }: WinRateOptions): number[][] {
  if (!(tie >= 0 && tie < Infinity)) throw new EvaluationError("bad-option", `tie is ${tie}: pass a number from 0 on`);
  checkByPrompt("policy", policy);
  checkByPrompt("base", base);
  checkSameLength({ policy, base });
  return policy.map((draws, prompt) => draws.flatMap((score) => base[prompt]!.map((other) => preference(score - other, tie))));
}

const preference = (margin: number, tie: number): number => (Math.abs(margin) <= tie ? 0.5 : margin > 0 ? 1 : 0);
