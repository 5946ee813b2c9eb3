import type { Choice, FeedbackModel } from "@cai/feedback";
import { ConstitutionError } from "../error.ts";
import { afterThoughts, comparisonOf, exchanged } from "./comparison.ts";
import type { Labeller, PreferenceLabel } from "./labeller.ts";
import { positionBias } from "./position-bias.ts";

/** How a model chooses between two answers. */
export interface ChoiceLabellerOptions {
  /** Must tell log-probabilities (`choose`). */
  readonly feedback: FeedbackModel;
  /** The model writes thoughts first. Default: false. */
  readonly chainOfThought?: boolean;
  /** Longest thoughts. Default: 256. */
  readonly maxNewTokens?: number;
  /** At which thoughts are drawn; 0 is greedy. Default: 1. */
  readonly temperature?: number;
  /**
   * Labels are kept within it. Default: 0.4 to 0.6 with a chain of thought, whose labels are near 0 and 1 whether it is right or not; 0 to 1
   * without.
   */
  readonly clamp?: readonly [least: number, most: number];
}

const thoughtful = { maxNewTokens: 256, temperature: 1, clamp: [0.4, 0.6] } as const;

/**
 * Labels by multiple choice, as in Bai et al. 2022 (arXiv:2212.08073): the principle's comparison question with the answers as (A) and (B), and
 * the model's log-probabilities of the two letters, normalised over them. Both orders are asked and averaged, so that a model which always takes
 * the first letter gives 0.5. With a chain of thought each order has thoughts of its own, and the average is clamped.
 *
 * Evidence: `shownFirst` and `shownSecond`, the probability of the pair's first answer where it stood first and second; `positionBias`, see
 * `positionBias`; `logprobs` of A and B in the one order, then in the other; `thoughts` and `otherThoughts`.
 *
 * @throws ConstitutionError `bad-option` where the feedback model tells no log-probabilities, or the clamp is none
 * @example
 * const labeller = choiceLabeller({ feedback });
 * const [label] = await labeller.label([pair], { draws: { seed: 7, stream: "label", step: 0 } });
 */
export function choiceLabeller({ feedback, chainOfThought = false, ...given }: ChoiceLabellerOptions): Labeller {
  const { maxNewTokens = thoughtful.maxNewTokens, temperature = thoughtful.temperature } = given;
  const [least, most] = given.clamp ?? (chainOfThought ? thoughtful.clamp : [0, 1]);
  if (!(0 <= least && least <= 0.5 && 0.5 <= most && most <= 1))
    throw new ConstitutionError("bad-option", `clamp is [${least}, ${most}]: expected two probabilities with 0.5 between them`);
  const { choose } = feedback;
  if (choose === undefined)
    throw new ConstitutionError(
      "bad-option",
      `${feedback.identity} tells no log-probabilities of a choice: label by votes, or let another model judge`,
    );
  const thinking = chainOfThought ? { maxNewTokens, temperature } : {};

  return {
    name: "choice",
    identity: JSON.stringify({ labeller: "choice", feedback: feedback.identity, chainOfThought, ...thinking, clamp: [least, most] }),
    needs: ["comparisonQuestion"],
    async label(pairs, { draws, signal }) {
      const asking = signal && { signal };
      const questions = pairs.flatMap((pair) => [pair, exchanged(pair)]);
      const comparisons = questions.map((pair) => comparisonOf(pair, chainOfThought ? "thoughts" : "letter"));
      const first = 2 * (draws.firstSample ?? 0);
      const written = chainOfThought
        ? await feedback.complete(comparisons, { draws: { ...draws, firstSample: first }, maxNewTokens, temperature, ...asking })
        : undefined;
      const thoughts = written?.map(({ text }) => text); // those that were cut serve too: the letter is asked for behind them
      const choices = comparisons.map((messages, index): Choice => {
        return { messages: thoughts ? afterThoughts(messages, thoughts[index]!) : messages, options: ["A", "B"] };
      });
      const logprobs = await choose.call(feedback, choices, { ...asking });
      return pairs.map((_, index) =>
        labelOf({
          orders: [logprobs[2 * index]!, logprobs[2 * index + 1]!],
          clamp: [least, most],
          thoughts: thoughts?.slice(2 * index, 2 * index + 2),
        }),
      );
    },
  };
}

function labelOf({
  orders,
  clamp,
  thoughts,
}: {
  /** Log-probabilities of A and B, in the pair's order and in the other. */
  readonly orders: readonly [readonly number[], readonly number[]];
  readonly clamp: readonly [number, number];
  readonly thoughts: readonly string[] | undefined;
}): PreferenceLabel {
  const [given, other] = orders.map(probabilityOfA) as [number, number];
  const [shownFirst, shownSecond] = [given, 1 - other];
  const average = (shownFirst + shownSecond) / 2;
  return {
    probability: Math.min(Math.max(average, clamp[0]), clamp[1]),
    evidence: {
      shownFirst,
      shownSecond,
      positionBias: positionBias({ shownFirst, shownSecond }),
      logprobs: orders.flat(),
      ...(thoughts && { thoughts: thoughts[0]!, otherThoughts: thoughts[1]! }),
    },
  };
}

/** exp(a) / (exp(a) + exp(b)), which no size of a and b overflows. */
function probabilityOfA([a, b]: readonly number[]): number {
  const probability = 1 / (1 + Math.exp(b! - a!));
  if (Number.isNaN(probability))
    throw new ConstitutionError("bad-answer", `log-probabilities of A and B are ${a} and ${b}: expected numbers, one of them finite`);
  return probability;
}
