import { EvaluationError } from "./error.ts";
import { wordsOf } from "./words.ts";

/**
 * How varied texts are: different runs of n words among all of them, over their number (Li et al. 2016, https://arxiv.org/abs/1510.03055).
 * Words are lower-case runs of letters and digits. The more text, the lower it is: compare texts of about equal number and length. 0 where no
 * text has n words.
 *
 * @throws EvaluationError `bad-option`
 * @example
 * distinctN({ texts: ["the cat sat", "the cat ran"], n: 2 }); // 0.75: "the cat" is there twice
 */
export function distinctN({ texts, n }: { readonly texts: readonly string[]; readonly n: number }): number {
  if (!Number.isSafeInteger(n) || n < 1) throw new EvaluationError("bad-option", `n is ${n}: pass a whole number from 1 on`);
  const runs = texts.flatMap((text) => {
    const words = wordsOf(text);
    return Array.from({ length: Math.max(0, words.length - n + 1) }, (_, first) => words.slice(first, first + n).join(" "));
  });
  return runs.length === 0 ? 0 : new Set(runs).size / runs.length;
}
