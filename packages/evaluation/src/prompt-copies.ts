import { checkSameLength } from "./check.ts";
import { wordsOf } from "./words.ts";

/** How much of each answer stands in its prompt already. */
export interface PromptCopies {
  /** Share of answers that are copies. */
  readonly rate: number;
  /** `[rows]`: of each answer's words, the share in the longest run that its prompt has too, word by word. 0 for an answer without words. */
  readonly shares: readonly number[];
}

/**
 * Which answers copy their prompts: those of which at least `threshold` is one run of words that stands in the prompt too. Runs of fewer than
 * three words are no copies: names and phrases recur in honest answers.
 *
 * @param options `threshold`, default 0.5
 * @throws EvaluationError `shape-mismatch`
 * @example
 * promptCopies({ prompts: ["Tell me about the sea."], responses: ["Tell me about the sky."] }).shares; // [ 0.8 ]
 */
export function promptCopies({
  prompts,
  responses,
  threshold = 0.5,
}: {
  readonly prompts: readonly string[];
  readonly responses: readonly string[];
  readonly threshold?: number;
}): PromptCopies {
  checkSameLength({ prompts, responses });
  const shares = responses.map((response, row) => {
    const words = wordsOf(response);
    const run = longestCommonRun(wordsOf(prompts[row]!), words);
    return run < shortestCopy ? 0 : run / words.length;
  });
  return { rate: shares.length === 0 ? 0 : shares.filter((share) => share >= threshold).length / shares.length, shares };
}

const shortestCopy = 3;

/** Words in the longest run that both have, by dynamic programming over where the runs end. */
function longestCommonRun(first: readonly string[], second: readonly string[]): number {
  let longest = 0;
  let endingAt = new Uint32Array(second.length + 1);
  for (const word of first) {
    const next = new Uint32Array(second.length + 1);
    second.forEach((other, index) => {
      if (other !== word) return;
      next[index + 1] = endingAt[index]! + 1;
      longest = Math.max(longest, next[index + 1]!);
    });
    endingAt = next;
  }
  return longest;
}
