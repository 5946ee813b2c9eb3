import { FeedbackError } from "./error.ts";

/** A token that might have come next. */
export interface TopLogprob {
  readonly token: string;
  /** In nats. */
  readonly logprob: number;
}

/**
 * How likely each option is as the beginning of an answer, from the likeliest tokens: `[options]`, in nats.
 *
 * An option's probability is the sum over its spellings: tokens that are it, with spaces, quotes, brackets or asterisks before, and those or
 * `. , :` behind ("A", " A", "(A", "A)"); upper and lower case are told apart. An option of several tokens goes by its first one: a token counts
 * where the option begins with it and no other option does. One that isn't among the tokens gets the smallest log-probability of them, which no
 * spelling of it exceeds; so two that are both missing are equal.
 *
 * @param top one at least
 * @throws FeedbackError `bad-question` for options that are spelt alike
 * @example
 * optionLogprobs([{ token: " A", logprob: -0.2 }, { token: "B", logprob: -2 }], ["A", "B"]); // [-0.2, -2]
 */
export function optionLogprobs(top: readonly TopLogprob[], options: readonly string[]): number[] {
  const spellings = plainOptions(options);
  const least = Math.min(...top.map(({ logprob }) => logprob));
  const sums = spellings.map(() => 0);
  for (const { token, logprob } of top) {
    const option = optionOf(plain(token), spellings);
    if (option !== undefined) sums[option]! += Math.exp(logprob);
  }
  return sums.map((sum) => (sum > 0 ? Math.log(sum) : least));
}

/**
 * Options without what may stand around them.
 *
 * @throws FeedbackError `bad-question` for options that are alike
 */
export function plainOptions(options: readonly string[]): string[] {
  const spellings = options.map(plain);
  if (!spellings.includes("") && new Set(spellings).size === spellings.length) return spellings;
  throw new FeedbackError("bad-question", `options ${JSON.stringify(options)} can't be told apart: expected different words or letters`);
}

/** The only option that is the token or begins with it. */
function optionOf(token: string, options: readonly string[]): number | undefined {
  if (token === "") return undefined;
  const exact = options.indexOf(token);
  if (exact >= 0) return exact;
  const begun = options.flatMap((option, index) => (option.startsWith(token) ? [index] : []));
  return begun.length === 1 ? begun[0] : undefined;
}

const plain = (text: string): string => text.replace(/^[\s("'`*[]+/, "").replace(/[\s)"'`*\].,:]+$/, "");
