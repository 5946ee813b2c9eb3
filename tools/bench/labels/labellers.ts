import { choiceLabeller, contrastLabeller, type Labeller, likelihoodRatioLabeller, voteLabeller } from "@cai/constitution";
import type { FeedbackModel } from "@cai/feedback";

/** By construction: for contrast pairs alone. */
const byConstruction = "contrast";
/** They write before they say anything, which takes longer than all others together: they label fewer pairs. */
export const dearLabellers: ReadonlySet<string> = new Set(["choice after thoughts", "votes"]);

/** What is compared, by the name that the page has for it; `feedback` judges. */
export function labellersOf(feedback: FeedbackModel): ReadonlyMap<string, Labeller> {
  return new Map([
    ["likelihood-ratio", likelihoodRatioLabeller({ feedback })],
    ["likelihood-ratio per token", likelihoodRatioLabeller({ feedback, per: "token" })],
    ["choice", choiceLabeller({ feedback })],
    ["choice after thoughts", choiceLabeller({ feedback, chainOfThought: true, maxNewTokens: 96, temperature: 0.7 })],
    ["votes", voteLabeller({ feedback })],
    [byConstruction, contrastLabeller()],
  ]);
}

/** Those of the wanted ones that can label pairs of a kind. */
export const namesFor = (kind: "contrast" | "sampled", wanted: readonly string[]): string[] =>
  wanted.filter((name) => kind === "contrast" || name !== byConstruction);
