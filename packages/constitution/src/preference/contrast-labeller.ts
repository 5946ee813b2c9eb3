import { ConstitutionError } from "../error.ts";
import type { ContrastPair } from "./drawn-pairs.ts";
import type { AnswerPair, Labeller } from "./labeller.ts";

/**
 * Labels contrast pairs by their construction, as in RLCD (arXiv:2307.12950): the answer that was written under the positive persona is better, with
 * probability 1. Pairs whose sides aren't known are refused. For a soft label of contrast pairs, take `likelihoodRatioLabeller`.
 *
 * @throws ConstitutionError `bad-option` for a pair that `contrastPairs` didn't make
 * @example
 * contrastLabeller().name; // "contrast"
 */
export function contrastLabeller(): Labeller {
  return {
    name: "contrast",
    identity: JSON.stringify({ labeller: "contrast" }),
    async label(pairs) {
      if (!pairs.every(isContrast))
        throw new ConstitutionError("bad-option", "labels by construction are for contrast pairs: these two answers were drawn alike");
      return pairs.map(() => ({ probability: 1, evidence: {} }));
    },
  };
}

const isContrast = (pair: AnswerPair): pair is ContrastPair => "personas" in pair;
