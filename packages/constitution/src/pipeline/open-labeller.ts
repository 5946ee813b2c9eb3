import type { FeedbackModel } from "@cai/feedback";
import { choiceLabeller } from "../choice-labeller.ts";
import { contrastLabeller } from "../contrast-labeller.ts";
import type { Labeller } from "../labeller.ts";
import { calibrateScale, likelihoodRatioLabeller } from "../likelihood-ratio-labeller.ts";
import type { PairSource } from "../pair-source.ts";
import { voteLabeller } from "../vote-labeller.ts";
import type { PipelineConfig } from "./pipeline-config.ts";

/**
 * The labeller of a configuration. The scale of likelihood ratios is fitted where it is to be.
 *
 * @param known pairs whose first answer is the better one by construction.
 */
export async function openLabeller(
  { labeller, ratioPer: per, ratioScale, calibrationPairs, votes, chainOfThought }: PipelineConfig["prefer"],
  { feedback, known, signal }: { readonly feedback: FeedbackModel; readonly known: PairSource; readonly signal: AbortSignal | undefined },
): Promise<Labeller> {
  switch (labeller) {
    case "choice":
      return choiceLabeller({ feedback, chainOfThought });
    case "votes":
      return voteLabeller({ feedback, votes, chainOfThought });
    case "contrast":
      return contrastLabeller();
    case "likelihood-ratio": {
      if (calibrationPairs === 0) return likelihoodRatioLabeller({ feedback, per, scale: ratioScale });
      const pairs = await known.pairs(0, calibrationPairs, { signal });
      const { scale } = await calibrateScale({ feedback, pairs, per, signal });
      return likelihoodRatioLabeller({ feedback, per, scale });
    }
  }
}
