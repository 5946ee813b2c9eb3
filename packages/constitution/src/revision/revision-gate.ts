import type { Ending } from "@cai/feedback";
import { distinctShare, takesRun, textContained, textOverlap, wordsOf } from "./text-overlap.ts";

/** Why a revision is not trained on, in the order in which it is looked for; the first one counts. */
export const refusals = [
  "empty",
  "copy-of-request",
  "copy-of-critique",
  "copy-of-example",
  "unchanged",
  "near-copy",
  "too-short",
  "repetitive",
  "cut",
  "not-preferred",
] as const;
export type Refusal = (typeof refusals)[number];

/** A revision, and what it is held against. */
export interface GatedRevision {
  readonly original: string;
  readonly revision: string;
  /** How the revision ended. */
  readonly ending: Ending;
  readonly critique: string;
  /** What the user says in the prompt. */
  readonly prompt: readonly string[];
  /** The principle's requests. */
  readonly requests: readonly string[];
  /** Texts of the examples that stood before it. */
  readonly examples: readonly string[];
}

/** How near a revision may come to a copy, how short it may be, and whether it has to have its end. */
export interface GateLimits {
  /** Of the word trigrams that revision and original have, the share that both have; likewise of a revision's trigrams those of a request. */
  readonly maxOverlap: number;
  /** So many words in a row that come from a request, the critique or an example make a copy, unless the original or the prompt has them. */
  readonly copiedWords: number;
  /** Of the original's characters. */
  readonly minLengthRatio: number;
  /** Of the revision's word trigrams, the share that has to be distinct. */
  readonly minDistinct: number;
  /** One whose ending is `cut` is refused: what learns from it learns to stop in the middle of a sentence. */
  readonly refuseCut: boolean;
}

/**
 * Why a revision is refused by what it says alone, or undefined. Case, punctuation and white space make no difference: small models give their
 * original back, or the request, the critique or an example, go round in circles, or collapse into a few words.
 *
 * @example
 * const limits = resolveRevisionSettings({});
 * const texts = { original: "No way!", revision: "no way.", critique: "", prompt: [], requests: [], examples: [] };
 * refusalOnSight({ ...texts, ending: "finished" }, limits); // unchanged
 */
export function refusalOnSight(gated: GatedRevision, limits: GateLimits): Refusal | undefined {
  const { original, revision, ending, critique, prompt, requests, examples } = gated;
  const { maxOverlap, copiedWords, minLengthRatio, minDistinct, refuseCut } = limits;
  const isPartOf = (text: string) => textContained(revision, text) > maxOverlap;
  const allowed = [original, ...prompt];
  const isTakenFrom = (text: string) => isPartOf(text) || takesRun(revision, text, { words: copiedWords, allowed });
  if (wordsOf(revision).length === 0) return "empty";
  if (prompt.some(isPartOf) || requests.some(isTakenFrom)) return "copy-of-request";
  if (isTakenFrom(critique)) return "copy-of-critique";
  if (examples.some(isTakenFrom)) return "copy-of-example";
  if (wordsOf(revision).join(" ") === wordsOf(original).join(" ")) return "unchanged";
  if (textOverlap(revision, original) > maxOverlap) return "near-copy";
  if (lengthOf(revision) < minLengthRatio * lengthOf(original)) return "too-short";
  if (distinctShare(revision) < minDistinct) return "repetitive";
  if (refuseCut && ending === "cut") return "cut";
  return undefined;
}

/** Characters, with white space as one each. */
export const lengthOf = (text: string): number => [...text.trim().replaceAll(/\s+/g, " ")].length;
