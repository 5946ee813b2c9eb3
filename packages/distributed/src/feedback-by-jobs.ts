import type { CompletionOptions, FeedbackModel } from "@cai/feedback";
import type { Answers, LabelJob, Method, Questions } from "./label-payload.ts";
import type { LabellerTraits } from "./labeller-identity.ts";
import { sliceQuestions } from "./slice-questions.ts";

/** Answers slices of a call, each by its place. */
export type AnswerSlices = (slices: readonly LabelJob[], signal: AbortSignal | undefined) => Promise<readonly Answers[Method][]>;

/** The methods of a feedback model with these traits, of slices that are answered somehow. */
export function feedbackByJobs(
  { identity, choose, logprobs }: LabellerTraits,
  { rowsPerJob, answer }: { readonly rowsPerJob: number; readonly answer: AnswerSlices },
): FeedbackModel {
  async function ask<Name extends Method>(method: Name, asked: Questions[Name], signal: AbortSignal | undefined): Promise<Answers[Name]> {
    signal?.throwIfAborted();
    const slices = sliceQuestions({ method, rowsAtOnce: rowsPerJob, ...asked } as unknown as LabelJob, rowsPerJob);
    return (slices.length === 0 ? [] : (await answer(slices, signal)).flat()) as Answers[Name];
  }
  return {
    identity,
    complete: (questions, { signal, draws, maxNewTokens, temperature }: CompletionOptions) =>
      ask("complete", { questions, drawing: { draws, maxNewTokens, temperature } }, signal),
    ...(choose && { choose: (questions, { signal }) => ask("choose", { questions }, signal) }),
    ...(logprobs && { logprobs: (questions, { signal }) => ask("logprobs", { questions }, signal) }),
  };
}
