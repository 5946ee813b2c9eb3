import type { ChatMessage, DrawCounters } from "@cai/contracts";
import type { Constitution } from "../principles/constitution.ts";
import type { AnswerPair, Labeller, PreferenceLabel } from "./labeller.ts";

/** A pair with its label, as plain JSON: everything that a preference is made of. */
export interface LabelledPair extends PreferenceLabel {
  readonly prompt: readonly ChatMessage[];
  readonly answers: readonly [string, string];
  /** Its name. */
  readonly principle: string;
  /** The constitution's SHA-256. */
  readonly constitution: string;
}

/**
 * A label for each pair. Pairs of equal answers aren't asked about: they have 0.5, without evidence. Pair `i` draws as sample
 * `draws.firstSample + i` whatever stands beside it.
 *
 * @throws the labeller's errors; the signal's reason when aborted
 * @example
 * const labeller = likelihoodRatioLabeller({ feedback });
 * const labelled = await labelPairs({ pairs: [pair], labeller, constitution, draws: { seed: 7, stream: "label", step: 0 } });
 */
export async function labelPairs({
  pairs,
  labeller,
  constitution,
  draws,
  signal,
}: {
  readonly pairs: readonly AnswerPair[];
  readonly labeller: Labeller;
  readonly constitution: Pick<Constitution, "sha256">;
  readonly draws: DrawCounters;
  readonly signal?: AbortSignal | undefined;
}): Promise<LabelledPair[]> {
  const labels = pairs.map((): PreferenceLabel => ({ probability: 0.5, evidence: {} }));
  for (let start = 0; start < pairs.length; ) {
    const length = runOfDifferent(pairs.slice(start));
    if (length > 0) {
      const firstSample = (draws.firstSample ?? 0) + start;
      const asked = pairs.slice(start, start + length);
      labels.splice(start, length, ...(await labeller.label(asked, { draws: { ...draws, firstSample }, ...(signal && { signal }) })));
    }
    start += Math.max(length, 1);
  }
  return pairs.map(({ prompt, answers, principle }, index) => ({
    prompt,
    answers,
    principle: principle.name,
    constitution: constitution.sha256,
    ...labels[index]!,
  }));
}

/** Whether a pair's answers say the same, but for white space around them. */
export const areEqual = ([first, second]: readonly [string, string]): boolean => first.trim() === second.trim();

/** How many pairs from the first on have different answers. */
function runOfDifferent(pairs: readonly AnswerPair[]): number {
  const equal = pairs.findIndex(({ answers }) => areEqual(answers));
  return equal < 0 ? pairs.length : equal;
}
