import type { Completion, FeedbackModel } from "@cai/feedback";
import { ConstitutionError } from "../error.ts";
import { comparisonOf, exchanged, type VerdictForm } from "./comparison.ts";
import type { Labeller, PreferenceLabel } from "./labeller.ts";
import { parseVerdict, type Verdict } from "./parse-verdict.ts";
import { positionBias } from "./position-bias.ts";

/** How a model votes on two answers. */
export interface VoteLabellerOptions {
  readonly feedback: FeedbackModel;
  /** Verdicts that are drawn for a pair, half of them in each order: an even number. Default: 4. */
  readonly votes?: number;
  /** Votes that each answer is given beforehand; 1 is Laplace's rule of succession, 0 the bare share. Default: 0. */
  readonly prior?: number;
  /** The model writes thoughts before its verdict. Default: false. */
  readonly chainOfThought?: boolean;
  /** Longest verdict. Default: 16, and 256 with thoughts. */
  readonly maxNewTokens?: number;
  /** At which verdicts are drawn. Default: 1. */
  readonly temperature?: number;
}

/**
 * Labels by verdicts in text, for models that tell no log-probabilities: the same questions as in `choiceLabeller`, drawn several times in both
 * orders and read by `parseVerdict`. With prior c, k votes, n of them for the first answer and u unread, the label is
 * (n + u/2 + c) / (k + 2c): an unread verdict is no preference, half a vote for each. Thoughts that were cut are unread: their verdict was to
 * come.
 *
 * Evidence: `votes`, the pair's verdicts as text in the order in which they were drawn, a letter or `-` each, those of the exchanged order behind
 * a space; `forFirst`, `forSecond`, `unread`; `cut`, the verdicts that were cut, read or not; `shownFirst` and `shownSecond`, the first answer's share where it stood first and second;
 * `positionBias`, see `positionBias`.
 *
 * @throws ConstitutionError `bad-option`
 * @example
 * const labeller = voteLabeller({ feedback, votes: 8 });
 * const [label] = await labeller.label([pair], { draws: { seed: 7, stream: "label", step: 0 } });
 */
export function voteLabeller({ feedback, votes = 4, prior = 0, chainOfThought = false, ...given }: VoteLabellerOptions): Labeller {
  if (!Number.isSafeInteger(votes) || votes < 2 || votes % 2 !== 0)
    throw new ConstitutionError(
      "bad-option",
      `votes is ${votes}: expected an even number from 2 on, half of them in each order of the answers`,
    );
  if (!(prior >= 0 && prior < Number.POSITIVE_INFINITY))
    throw new ConstitutionError("bad-option", `prior is ${prior}: expected a number of votes from 0 on`);
  const { maxNewTokens = chainOfThought ? 256 : 16, temperature = 1 } = given;
  const form: VerdictForm = chainOfThought ? "thoughts-and-letter" : "letter";
  const options = { votes, prior, chainOfThought, maxNewTokens, temperature };

  return {
    name: "votes",
    identity: JSON.stringify({ labeller: "votes", feedback: feedback.identity, ...options }),
    needs: ["comparisonQuestion"],
    async label(pairs, { draws, signal }) {
      const questions = pairs.flatMap((pair) =>
        [pair, exchanged(pair)].flatMap((shown) => Array.from({ length: votes / 2 }, () => comparisonOf(shown, form))),
      );
      const firstSample = votes * (draws.firstSample ?? 0);
      const written = await feedback.complete(questions, {
        draws: { ...draws, firstSample },
        maxNewTokens,
        temperature,
        ...(signal && { signal }),
      });
      return pairs.map((_, index) => countVotes(written.slice(votes * index, votes * (index + 1)), { prior, chainOfThought }));
    },
  };
}

/** @param written the first half in the pair's order of the answers, the second half with them exchanged. */
function countVotes(
  written: readonly Completion[],
  { prior, chainOfThought }: { readonly prior: number; readonly chainOfThought: boolean },
): PreferenceLabel {
  const verdicts = written.map(({ text, ending }) => {
    if (chainOfThought && ending === "cut") return undefined;
    return parseVerdict(text, { isCut: ending === "cut" || ending === "open" });
  });
  const half = verdicts.length / 2;
  const orders = [verdicts.slice(0, half), verdicts.slice(half)] as const;
  const forFirst = count(orders[0], "A") + count(orders[1], "B");
  const unread = count(verdicts, undefined);
  const shownFirst = (count(orders[0], "A") + count(orders[0], undefined) / 2) / half;
  const shownSecond = (count(orders[1], "B") + count(orders[1], undefined) / 2) / half;
  return {
    probability: (forFirst + unread / 2 + prior) / (verdicts.length + 2 * prior),
    evidence: {
      votes: orders.map((order) => order.map((verdict) => verdict ?? "-").join("")).join(" "),
      forFirst,
      forSecond: verdicts.length - forFirst - unread,
      unread,
      cut: written.filter(({ ending }) => ending === "cut").length,
      shownFirst,
      shownSecond,
      positionBias: positionBias({ shownFirst, shownSecond }),
    },
  };
}

const count = (verdicts: readonly (Verdict | undefined)[], wanted: Verdict | undefined): number =>
  verdicts.filter((verdict) => verdict === wanted).length;
