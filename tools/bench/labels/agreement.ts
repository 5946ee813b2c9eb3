import { type LabelledPair, labelAgreement } from "@cai/constitution";
import { type Interval, wilsonInterval } from "@cai/evaluation";

/** A share of counted pairs. */
export interface Share {
  readonly hits: number;
  readonly of: number;
  /** Wilson's, 95 %; undefined where nothing was counted. */
  readonly interval: Interval | undefined;
}

export const shareOf = (hits: number, of: number): Share => ({
  hits,
  of,
  interval: of === 0 ? undefined : wilsonInterval({ successes: hits, trials: of }),
});

/** Pairs whose label says which answer is better. */
export const preferenceCount = (probabilities: readonly number[]): number => probabilities.filter((p) => p !== 0.5).length;

/** Labels as they are where the labeller gives one of the two answers at least `least`; elsewhere no preference. */
export const onlyAbove = (probabilities: readonly number[], least: number): number[] =>
  probabilities.map((p) => (Math.max(p, 1 - p) >= least ? p : 0.5));

/** Of the pairs with a preference, those whose label prefers the first answer; of contrast pairs that is the one under the positive persona. */
export const prefersFirst = (probabilities: readonly number[]): Share =>
  shareOf(probabilities.filter((p) => p > 0.5).length, preferenceCount(probabilities));

/** Of the pairs with a preference on which the judge is sure, its two scores further apart than `sure`, those on which the label says the same. */
export function agreementWith(given: Parameters<typeof labelAgreement>[0]): Share {
  const { pairs, agreement } = labelAgreement(given);
  return shareOf(Math.round(pairs * (agreement ?? 0)), pairs);
}

/** Of all votes on the pairs, the share that says nothing that can be read; undefined where no votes were cast. */
export function unreadShare(pairs: readonly Pick<LabelledPair, "evidence">[]): number | undefined {
  const cast = pairs.filter(({ evidence }) => typeof evidence.votes === "string");
  if (cast.length === 0) return undefined;
  const sum = (names: readonly string[]) =>
    cast.reduce((total, { evidence }) => total + names.reduce((own, name) => own + (evidence[name] as number), 0), 0);
  return sum(["unread"]) / sum(["forFirst", "forSecond", "unread"]);
}

/** Places of pairs on which the judge is sure, in their order: those where the label says the same, and where it says the contrary. */
export function byAgreement({ probabilities, scores, sure }: Parameters<typeof labelAgreement>[0]): Record<"right" | "wrong", number[]> {
  const margins = scores.map(([first, second]) => first - second);
  const isSure = margins.flatMap((margin, pair) => (Math.abs(margin) > sure ? [pair] : []));
  const product = (pair: number): number => (probabilities[pair]! - 0.5) * margins[pair]!;
  return { right: isSure.filter((pair) => product(pair) > 0), wrong: isSure.filter((pair) => product(pair) < 0) };
}
