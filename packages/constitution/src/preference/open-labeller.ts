import type { ChatMessage } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import type { RatioUnit } from "../likelihood-ratios.ts";
import type { Constitution } from "../principles/constitution.ts";
import { choiceLabeller } from "./choice-labeller.ts";
import { contrastLabeller } from "./contrast-labeller.ts";
import type { FittedScale } from "./fit-scale.ts";
import type { Labeller } from "./labeller.ts";
import { calibrateScale, likelihoodRatioLabeller } from "./likelihood-ratio-labeller.ts";
import { drawnPairSource } from "./pair-source.ts";
import { voteLabeller } from "./vote-labeller.ts";

/** The labellers by name. */
export const labellerNames = ["choice", "likelihood-ratio", "contrast", "votes"] as const;

/** Which labeller it is to be, and the options of all of them. */
export interface LabellerSettings {
  readonly labeller: (typeof labellerNames)[number];
  readonly ratioPer: RatioUnit;
  /** Of likelihood ratios, where it is not fitted. */
  readonly ratioScale: number;
  /** Contrast pairs that the scale is fitted to; 0: it is `ratioScale`. */
  readonly calibrationPairs: number;
  readonly votes: number;
  readonly chainOfThought: boolean;
  /** Longest thoughts or verdict; 0: the labeller's own limit. */
  readonly verdictTokens: number;
}

/** Who judges, and what contrast pairs are drawn with where the judge's scale is to be fitted. */
export interface LabellerParts {
  readonly judge: FeedbackModel;
  readonly writer: FeedbackModel;
  readonly prompts: readonly (readonly ChatMessage[])[];
  readonly constitution: Constitution;
  readonly seed: number;
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A labeller by its name; of likelihood ratios with its scale fitted to contrast pairs of draws that no other pair has, if it is to be.
 *
 * @throws ConstitutionError `bad-option`, `bad-answer`; the models' errors; the signal's reason when aborted
 * @example
 * const options = { ratioPer: "answer", ratioScale: 1, calibrationPairs: 0, votes: 4, chainOfThought: false, verdictTokens: 0 } as const;
 * const parts = { judge: feedback, writer: feedback, prompts: [pair.prompt], constitution, seed: 7, maxNewTokens: 16, temperature: 1 };
 * const { labeller } = await openLabeller({ labeller: "choice", ...options }, parts);
 */
export async function openLabeller(
  { labeller, ratioPer: per, ratioScale, calibrationPairs, votes, chainOfThought, verdictTokens }: LabellerSettings,
  { judge: feedback, writer, signal, ...drawing }: LabellerParts,
): Promise<{ readonly labeller: Labeller; readonly fitted?: FittedScale }> {
  const limit = verdictTokens > 0 && { maxNewTokens: verdictTokens };
  switch (labeller) {
    case "choice":
      return { labeller: choiceLabeller({ feedback, chainOfThought, ...limit }) };
    case "votes":
      return { labeller: voteLabeller({ feedback, chainOfThought, votes, ...limit }) };
    case "contrast":
      return { labeller: contrastLabeller() };
    case "likelihood-ratio": {
      if (calibrationPairs === 0) return { labeller: likelihoodRatioLabeller({ feedback, per, scale: ratioScale }) };
      const pairsPerPrompt = Math.ceil(calibrationPairs / drawing.prompts.length);
      const known = drawnPairSource({ kind: "contrast", feedback: writer, ...drawing, pairsPerPrompt, stream: "prefer/calibration" });
      const pairs = await known.pairs(0, calibrationPairs, { signal });
      const fitted = await calibrateScale({ feedback, pairs, per, signal });
      return { labeller: likelihoodRatioLabeller({ feedback, per, scale: fitted.scale }), fitted };
    }
  }
}
