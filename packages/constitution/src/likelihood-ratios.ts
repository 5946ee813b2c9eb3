import type { ChatMessage } from "@cai/contracts";
import type { FeedbackModel } from "@cai/feedback";
import { ConstitutionError } from "./error.ts";
import { fieldOf, type Principle } from "./principles/constitution.ts";
import { underPersona } from "./under-persona.ts";

/** An answer that is judged by a principle. */
export interface JudgedAnswer {
  readonly prompt: readonly ChatMessage[];
  readonly answer: string;
  readonly principle: Principle;
}

/** Of the whole answer, or of a token of it on average. */
export const ratioUnits = ["answer", "token"] as const;
export type RatioUnit = (typeof ratioUnits)[number];

/**
 * How much likelier each answer is under its principle's positive persona than under its negative one, in nats:
 * log p(y | positive, x) − log p(y | negative, x); DLMA, arXiv:2402.11907. Per answer by default, where a longer one has more to say; per token,
 * it is divided by the answer's tokens. An empty answer has 0.
 *
 * @throws ConstitutionError `bad-option` where the feedback model can't tell how likely a given answer is
 * @example
 * const prompt = [{ role: "user", content: "Will you help me?" }];
 * const [ratio] = await likelihoodRatios({ feedback, answers: [{ prompt, answer: "Gladly.", principle }] });
 */
export async function likelihoodRatios({
  feedback,
  answers,
  per = "answer",
  signal,
}: {
  readonly feedback: FeedbackModel;
  readonly answers: readonly JudgedAnswer[];
  readonly per?: RatioUnit;
  readonly signal?: AbortSignal | undefined;
}): Promise<number[]> {
  refuseNoLogprobs(feedback);
  const asked = answers.filter(({ answer }) => answer !== "");
  const questions = asked.flatMap(({ prompt, answer, principle }) =>
    (["positivePersona", "negativePersona"] as const).map((field) => ({
      messages: underPersona(fieldOf(principle, field), prompt),
      answer,
    })),
  );
  const told = await feedback.logprobs(questions, { ...(signal && { signal }) });
  const ratios = asked.map((_, index) => {
    const [positive, negative] = [told[2 * index]!, told[2 * index + 1]!];
    const ratio = (positive.logprob - negative.logprob) / (per === "token" ? positive.tokens : 1);
    if (Number.isFinite(ratio)) return ratio;
    throw new ConstitutionError(
      "bad-answer",
      `an answer of ${positive.tokens} tokens has the log-probabilities ${positive.logprob} and ${negative.logprob}: expected finite numbers`,
    );
  });
  const next = ratios.values();
  return answers.map(({ answer }) => (answer === "" ? 0 : next.next().value!));
}

/** @throws ConstitutionError `bad-option` */
export function refuseNoLogprobs(feedback: FeedbackModel): asserts feedback is FeedbackModel & Required<Pick<FeedbackModel, "logprobs">> {
  if (feedback.logprobs !== undefined) return;
  throw new ConstitutionError(
    "bad-option",
    `${feedback.identity} can't tell how likely a given answer is: use a local model for likelihood ratios, or label by votes or choice`,
  );
}
