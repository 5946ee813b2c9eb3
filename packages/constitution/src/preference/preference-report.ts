import type { LabelledPair } from "./labelled-pairs.ts";
import { type LeftOut, leftOutFor } from "./preference-rows.ts";

/** What came of some pairs. */
export interface PreferenceCounts {
  readonly pairs: number;
  /** Those that are preferences. */
  readonly rows: number;
  readonly leftOut: Readonly<Record<LeftOut, number>>;
  /** The mean of |probability − 0.5| over pairs of different answers: 0 is no signal, 0.5 certainty; null without such pairs. */
  readonly confidence: number | null;
}

/** What came of all pairs. */
export interface PreferenceReport extends PreferenceCounts {
  /** The mean of `positionBias` over the pairs that have one: from −0.5 to 0.5, above 0 for the answer shown first; null without such pairs. */
  readonly positionBias: number | null;
  /** Share of these pairs in which exchanging the answers turned the judge's choice; null without them. */
  readonly turnedByOrder: number | null;
  readonly byPrinciple: Readonly<Record<string, PreferenceCounts>>;
}

/**
 * How many preferences labelled pairs hold, how sure they are, and how much their order mattered.
 *
 * @example
 * const draws = { seed: 7, stream: "label", step: 0 };
 * const pairs = await labelPairs({ pairs: [pair], labeller: choiceLabeller({ feedback }), constitution, draws });
 * const { rows, leftOut, positionBias } = preferenceReport(pairs);
 */
export function preferenceReport(pairs: readonly LabelledPair[]): PreferenceReport {
  const names = [...new Set(pairs.map(({ principle }) => principle))].sort();
  const ordered = pairs.filter(({ evidence }) => typeof evidence.positionBias === "number");
  return {
    ...countsOf(pairs),
    positionBias: meanOf(ordered, ({ evidence }) => evidence.positionBias as number),
    turnedByOrder: meanOf(ordered, ({ evidence: { shownFirst, shownSecond } }) =>
      ((shownFirst as number) - 0.5) * ((shownSecond as number) - 0.5) < 0 ? 1 : 0,
    ),
    byPrinciple: Object.fromEntries(names.map((name) => [name, countsOf(pairs.filter(({ principle }) => principle === name))])),
  };
}

function countsOf(pairs: readonly LabelledPair[]): PreferenceCounts {
  const reasons = pairs.map(leftOutFor);
  const countOf = (wanted: LeftOut | undefined): number => reasons.filter((reason) => reason === wanted).length;
  const different = pairs.filter((_, index) => reasons[index] !== "equalAnswers");
  return {
    pairs: pairs.length,
    rows: countOf(undefined),
    leftOut: { equalAnswers: countOf("equalAnswers"), noPreference: countOf("noPreference") },
    confidence: meanOf(different, ({ probability }) => Math.abs(probability - 0.5)),
  };
}

function meanOf(pairs: readonly LabelledPair[], value: (pair: LabelledPair) => number): number | null {
  return pairs.length === 0 ? null : pairs.reduce((sum, pair) => sum + value(pair), 0) / pairs.length;
}
