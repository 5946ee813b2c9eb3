import { textContained, textOverlap, wordsOf } from "./text-overlap.ts";

/** Why a revision is not trained on, in the order in which it is looked for; the first one counts. */
export const refusals = [
  "empty",
  "copy-of-request",
  "copy-of-critique",
  "copy-of-example",
  "unchanged",
  "near-copy",
  "too-short",
  "not-preferred",
] as const;
export type Refusal = (typeof refusals)[number];

/** A revision, and what it is held against. */
export interface GatedRevision {
  readonly original: string;
  readonly revision: string;
  readonly critique: string;
  /** Texts that asked for it: the prompt, the principle's requests. */
  readonly requests: readonly string[];
  /** Texts of the examples that stood before it. */
  readonly examples: readonly string[];
}

/** How near a revision may come to a copy, and how short it may be. */
export interface GateLimits {
  /** Of the word trigrams that revision and original have, the share that both have; likewise of a revision's trigrams those of a request. */
  readonly maxOverlap: number;
  /** Of the original's characters. */
  readonly minLengthRatio: number;
}

/**
 * Why a revision is refused by what it says alone, or undefined. Case, punctuation and white space make no difference: small models give their
 * original back, or the request, the critique or an example, or collapse into a few words.
 *
 * @example
 * refusalOnSight({ original: "No way!", revision: "no way.", critique: "", requests: [], examples: [] }, { maxOverlap: 0.9, minLengthRatio: 0.5 }); // "unchanged"
 */
export function refusalOnSight(gated: GatedRevision, { maxOverlap, minLengthRatio }: GateLimits): Refusal | undefined {
  const { original, revision, critique, requests, examples } = gated;
  const isTakenFrom = (text: string) => textContained(revision, text) > maxOverlap;
  if (wordsOf(revision).length === 0) return "empty";
  if (requests.some(isTakenFrom)) return "copy-of-request";
  if (isTakenFrom(critique)) return "copy-of-critique";
  if (examples.some(isTakenFrom)) return "copy-of-example";
  if (wordsOf(revision).join(" ") === wordsOf(original).join(" ")) return "unchanged";
  if (textOverlap(revision, original) > maxOverlap) return "near-copy";
  if (lengthOf(revision) < minLengthRatio * lengthOf(original)) return "too-short";
  return undefined;
}

/** Characters, with white space as one each. */
export const lengthOf = (text: string): number => [...text.trim().replaceAll(/\s+/g, " ")].length;
