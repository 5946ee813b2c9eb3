import type { ChatMessage, DrawCounters } from "@cai/contracts";
import type { OptionalField, Principle } from "../principles/constitution.ts";

/** Two answers to a prompt that are to be compared by a principle. */
export interface AnswerPair {
  readonly prompt: readonly ChatMessage[];
  readonly answers: readonly [string, string];
  readonly principle: Principle;
}

/** What a labeller says of a pair. */
export interface PreferenceLabel {
  /** That the first answer is better, 0 to 1; 0.5 is no preference. */
  readonly probability: number;
  /** What it was made of, for whoever looks: log-probabilities, votes, the order's effect, thoughts. Plain JSON. */
  readonly evidence: Readonly<Record<string, number | string | readonly number[]>>;
}

/** Says which of two answers is better. */
export interface Labeller {
  readonly name: string;
  /** What its labels depend on: its kind, its options, the model that it asks. Goes into the hash of what is made with it. */
  readonly identity: string;
  /** Which fields every principle must have for it. Default: none. */
  readonly needs?: readonly OptionalField[];
  /** One label for each pair. Pair `i` of a call draws as sample `draws.firstSample + i`. Rejects with the signal's reason when aborted. */
  label(pairs: readonly AnswerPair[], options: { readonly draws: DrawCounters; readonly signal?: AbortSignal }): Promise<PreferenceLabel[]>;
}
