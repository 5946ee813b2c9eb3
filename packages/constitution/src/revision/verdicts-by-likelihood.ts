import type { ChatMessage } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import { likelihoodRatios } from "../likelihood-ratios.ts";
import type { Principle } from "../principles/constitution.ts";
import type { RevisionVerdict, Unchecked } from "./revision-row.ts";

/** A prompt's revisions with their verdicts on sight. */
export interface SeenRevisions {
  readonly prompt: readonly ChatMessage[];
  readonly response: string;
  readonly rounds: readonly { readonly principle: Principle; readonly revision: string; readonly verdict: RevisionVerdict }[];
}

/**
 * The verdicts, a list for each prompt, after the revisions that passed on sight were held against their originals by the likelihood ratio: one that is
 * no likelier under its principle's positive persona, against the negative one, than the original is, is refused. Where the model tells no
 * log-probabilities, or the principle has no personas, the verdict says that it was not checked.
 *
 * @throws the model's errors; the signal's reason when aborted
 */
export async function verdictsByLikelihood({
  feedback,
  drafts,
  signal,
}: {
  readonly feedback: FeedbackModel;
  readonly drafts: readonly SeenRevisions[];
  readonly signal?: AbortSignal | undefined;
}): Promise<RevisionVerdict[][]> {
  const pairs = drafts.flatMap(({ prompt, response, rounds }) =>
    rounds
      .filter(({ principle, verdict }) => verdict.kept && uncheckedFor(feedback, principle) === undefined)
      .flatMap(({ principle, revision }) => [response, revision].map((answer) => ({ prompt, answer, principle }))),
  );
  const ratios = pairs.length === 0 ? [] : await likelihoodRatios({ feedback, answers: pairs, signal });
  const next = ratios.values();
  return drafts.map(({ rounds }) =>
    rounds.map(({ principle, verdict }): RevisionVerdict => {
      if (!verdict.kept) return verdict;
      const unchecked = uncheckedFor(feedback, principle);
      if (unchecked !== undefined) return { kept: true, unchecked };
      const original = next.next().value!;
      const compared = { original, revision: next.next().value! };
      return compared.revision > original ? { kept: true, ratios: compared } : { kept: false, refusal: "not-preferred", ratios: compared };
    }),
  );
}

function uncheckedFor(feedback: FeedbackModel, { positivePersona, negativePersona }: Principle): Unchecked | undefined {
  if (feedback.logprobs === undefined) return "model without log-probabilities";
  return positivePersona === undefined || negativePersona === undefined ? "principle without personas" : undefined;
}
