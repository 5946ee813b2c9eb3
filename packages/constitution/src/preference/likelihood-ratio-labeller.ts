import type { FeedbackModel } from "@cai/feedback";
import { ConstitutionError } from "../error.ts";
import { likelihoodRatios, type RatioUnit, refuseNoLogprobs } from "../likelihood-ratios.ts";
import { type FittedScale, fitScale } from "./fit-scale.ts";
import type { AnswerPair, Labeller } from "./labeller.ts";

/** How likelihood ratios become labels. */
export interface LikelihoodRatioLabellerOptions {
  /** Must tell log-probabilities of given answers (`logprobs`). */
  readonly feedback: FeedbackModel;
  /** Of the whole answer (default), or of a token on average. */
  readonly per?: RatioUnit;
  /**
   * Of the logistic, above 0; see `calibrateScale`. Default: 1, at which a ratio of whole answers is the odds, by Bayes' rule, that each was written
   * under the persona it is ascribed to.
   */
  readonly scale?: number;
}

/**
 * Labels by contrast of likelihoods (DLMA, arXiv:2402.11907): σ(scale · (r(first) − r(second))), r being the likelihood ratio of an answer under
 * the principle's two personas, see `likelihoodRatios`. It has no order that could matter, and draws nothing.
 *
 * Evidence: `ratios` of both answers, in nats, `difference` and `scale`.
 *
 * @throws ConstitutionError `bad-option` where the feedback model tells no log-probabilities, or the scale is none
 * @example
 * const labeller = likelihoodRatioLabeller({ feedback, scale: 0.5 });
 * const [label] = await labeller.label([pair], { draws: { seed: 7, stream: "label", step: 0 } });
 */
export function likelihoodRatioLabeller({ feedback, per = "answer", scale = 1 }: LikelihoodRatioLabellerOptions): Labeller {
  refuseNoLogprobs(feedback);
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY))
    throw new ConstitutionError("bad-option", `scale is ${scale}: expected a number above 0`);
  return {
    name: "likelihood-ratio",
    identity: JSON.stringify({ labeller: "likelihood-ratio", feedback: feedback.identity, per, scale }),
    needs: ["positivePersona", "negativePersona"],
    async label(pairs, { signal }) {
      const ratios = await ratiosOfPairs({ feedback, pairs, per, signal });
      return ratios.map(([first, second]) => {
        const difference = first - second;
        const probability = 1 / (1 + Math.exp(-scale * difference));
        return { probability, evidence: { ratios: [first, second], difference, scale } };
      });
    },
  };
}

/**
 * The scale for `likelihoodRatioLabeller` by `fitScale`, from pairs whose first answer is known to be the better one: contrast pairs, say.
 *
 * @throws ConstitutionError `bad-option`, `bad-answer`
 * @example
 * const { scale, accuracy } = await calibrateScale({ feedback, pairs: [pair, pair] });
 */
export async function calibrateScale(options: {
  readonly feedback: FeedbackModel;
  readonly pairs: readonly AnswerPair[];
  readonly per?: RatioUnit;
  readonly signal?: AbortSignal | undefined;
}): Promise<FittedScale> {
  const ratios = await ratiosOfPairs(options);
  return fitScale(ratios.map(([right, wrong]) => right - wrong));
}

async function ratiosOfPairs({
  pairs,
  ...options
}: {
  readonly feedback: FeedbackModel;
  readonly pairs: readonly AnswerPair[];
  readonly per?: RatioUnit;
  readonly signal?: AbortSignal | undefined;
}): Promise<[number, number][]> {
  const answers = pairs.flatMap(({ prompt, answers, principle }) => answers.map((answer) => ({ prompt, answer, principle })));
  const ratios = await likelihoodRatios({ ...options, answers });
  return pairs.map((_, index) => [ratios[2 * index]!, ratios[2 * index + 1]!]);
}
