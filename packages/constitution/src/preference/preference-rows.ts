import type { ChatMessage } from "@cai/contracts";
import type { PromptFormat } from "@cai/feedback";
import { areEqual, type LabelledPair } from "./labelled-pairs.ts";
import type { PreferenceLabel } from "./labeller.ts";

/** A preference as trainers read it, TRL's form with the label's probability, and where it comes from. */
export interface PreferenceRow {
  /** Text, or messages for a chat template: the policy's format says. */
  readonly prompt: string | readonly ChatMessage[];
  readonly chosen: string | readonly ChatMessage[];
  readonly rejected: string | readonly ChatMessage[];
  /** That `chosen` is better: more than 0.5, at most 1. */
  readonly probability: number;
  readonly principle: string;
  readonly constitution: string;
  /** Which of the pair's answers `chosen` is, since the evidence speaks of the pair's first and second. */
  readonly chosenAnswer: 0 | 1;
  readonly evidence: PreferenceLabel["evidence"];
}

/** Why a pair is no preference. */
export type LeftOut = "equalAnswers" | "noPreference";

/** Why a labelled pair is no row for training; undefined where it is one. */
export function leftOutFor({ answers, probability }: LabelledPair): LeftOut | undefined {
  if (areEqual(answers)) return "equalAnswers";
  return probability === 0.5 ? "noPreference" : undefined;
}

/**
 * The rows for `@cai/preference` of labelled pairs, in their order; pairs without a preference are left out, see `leftOutFor`.
 *
 * @param format of the policy that will be trained on them.
 * @throws FeedbackError `unreadable-message` where a prompt isn't text and the format writes text
 * @example
 * const draws = { seed: 7, stream: "label", step: 0 };
 * const pairs = await labelPairs({ pairs: [pair], labeller: choiceLabeller({ feedback }), constitution, draws });
 * const rows = preferenceRows({ pairs, format: promptFormat("dialogue") });
 */
export function preferenceRows({
  pairs,
  format,
}: {
  readonly pairs: readonly LabelledPair[];
  readonly format: PromptFormat;
}): PreferenceRow[] {
  return pairs.filter((pair) => leftOutFor(pair) === undefined).map((pair) => rowOf(pair, format));
}

function rowOf({ prompt, answers, probability, principle, constitution, evidence }: LabelledPair, format: PromptFormat): PreferenceRow {
  const written = format.promptOf(prompt);
  const chosenAnswer = probability > 0.5 ? 0 : 1;
  return {
    prompt: typeof written === "string" ? written : written.messages,
    chosen: format.completionOf(answers[chosenAnswer]),
    rejected: format.completionOf(answers[1 - chosenAnswer]!),
    probability: Math.max(probability, 1 - probability),
    principle,
    constitution,
    chosenAnswer,
    evidence,
  };
}
