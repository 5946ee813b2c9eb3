import { checkByPrompt, checkSameLength, type ScoresByPrompt } from "./check.ts";
import { EvaluationError } from "./error.ts";

/** Draws of each prompt, of which n are taken and the best of them counts. */
export interface BestOfNOptions {
  /** `[prompts][draws]`: by these the best is chosen. */
  readonly scores: ScoresByPrompt;
  /** `[prompts][draws]`: what counts of the one that is chosen, as where a proxy chooses and another judge scores. Default: its score. */
  readonly values?: ScoresByPrompt;
  /** At most the draws of a prompt. */
  readonly n: number;
}

/**
 * Mean over prompts of the best of n answers, from N ≥ n draws each: the mean over all choices of n of them, which is unbiased. The k-th
 * smallest of N is the best in C(k − 1, n − 1) of the C(N, n) choices; draws of equal score share what comes to them.
 *
 * @throws EvaluationError `bad-option` where n is no whole number from 1 on or exceeds a prompt's draws; `shape-mismatch`, `bad-scores`
 * @example
 * bestOfN({ scores: [[4, 1, 2]], n: 2 }); // (2 + 4 + 4) / 3
 */
export function bestOfN({ scores, values = scores, n }: BestOfNOptions): number {
  checkByPrompt("scores", scores);
  checkByPrompt("values", values);
  checkSameLength({ scores, values });
  if (!Number.isSafeInteger(n) || n < 1) throw new EvaluationError("bad-option", `n is ${n}: pass a whole number from 1 on`);
  const means = scores.map((drawn, prompt) => {
    checkSameLength({ scores: drawn, values: values[prompt]! });
    if (n > drawn.length)
      throw new EvaluationError(
        "bad-option",
        `best of ${n} wants as many draws a prompt; there are ${drawn.length}: draw more, or lower n`,
      );
    return meanOfBest(drawn, values[prompt]!, n);
  });
  return means.reduce((total, value) => total + value, 0) / means.length;
}

function meanOfBest(scores: readonly number[], values: readonly number[], n: number): number {
  const count = scores.length;
  const sharedValue = sharedByScore(scores, values);
  const sorted = [...scores].sort((a, b) => a - b);
  // The share of the largest, and down from there: share(k) = C(k − 1, n − 1) / C(N, n).
  let share = n / count;
  let sum = 0;
  for (let k = count; k >= n; k--) {
    sum += share * sharedValue.get(sorted[k - 1]!)!;
    share *= (k - n) / (k - 1);
  }
  return sum;
}

/** The mean value of the draws of each score. */
function sharedByScore(scores: readonly number[], values: readonly number[]): Map<number, number> {
  const sums = new Map<number, { total: number; count: number }>();
  scores.forEach((score, draw) => {
    const { total, count } = sums.get(score) ?? { total: 0, count: 0 };
    sums.set(score, { total: total + values[draw]!, count: count + 1 });
  });
  return new Map([...sums].map(([score, { total, count }]) => [score, total / count]));
}

/**
 * KL of the best of n from the policy that draws: ln n − (n − 1)/n nats a response (Stiennon et al. 2020, https://arxiv.org/abs/2009.01325).
 * It is an upper bound, and close to the truth while answers seldom repeat (Beirami et al. 2024, https://arxiv.org/abs/2401.01879).
 *
 * @example
 * bestOfNKl(8); // 1.2044…
 */
export function bestOfNKl(n: number): number {
  return Math.log(n) - (n - 1) / n;
}
