import type { FeedbackModel } from "@cai/feedback";
import { choiceLabeller } from "../choice-labeller.ts";
import { contrastLabeller } from "../contrast-labeller.ts";
import type { AnswerPair, Labeller } from "../labeller.ts";
import { calibrateScale, likelihoodRatioLabeller } from "../likelihood-ratio-labeller.ts";
import { voteLabeller } from "../vote-labeller.ts";
import type { PipelineConfig } from "./pipeline-config.ts";

/**
 * The labeller of a configuration. The scale of likelihood ratios that is to be fitted is fitted to `known`.
 *
 * @param known pairs whose first answer is the better one by construction.
 */
export async function openLabeller(
  { labeller, per, scale, votes, chainOfThought }: PipelineConfig["prefer"],
  {
    feedback,
    known,
    signal,
  }: { readonly feedback: FeedbackModel; readonly known: readonly AnswerPair[]; readonly signal: AbortSignal | undefined },
): Promise<Labeller> {
  switch (labeller) {
    case "choice":
      return choiceLabeller({ feedback, chainOfThought });
    case "votes":
      return voteLabeller({ feedback, votes });
    case "contrast":
      return contrastLabeller();
    case "likelihood-ratio": {
      const fitted = scale === "fit" ? (await calibrateScale({ feedback, pairs: known, per, signal })).scale : scale;
      return likelihoodRatioLabeller({ feedback, per, scale: fitted });
    }
  }
}
