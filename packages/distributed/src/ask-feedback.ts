import type { FeedbackModel } from "@cai/feedback";
import { DistributedError } from "./error.ts";
import type { Answers, LabelJob } from "./label-payload.ts";

/**
 * Asks a feedback model what a job asks.
 *
 * @throws DistributedError `bad-option` for what it can't do; what the model throws
 */
export async function askFeedback<Job extends LabelJob>(
  model: FeedbackModel,
  job: Job,
  signal?: AbortSignal,
): Promise<Answers[Job["method"]]> {
  return (await answersOf(model, job, signal ? { signal } : {})) as Answers[Job["method"]];
}

function answersOf(model: FeedbackModel, job: LabelJob, asking: { readonly signal?: AbortSignal }): Promise<Answers[LabelJob["method"]]> {
  if (job.method === "complete") return model.complete(job.questions, { ...job.drawing, ...asking });
  const answers = job.method === "choose" ? model.choose?.(job.questions, asking) : model.logprobs?.(job.questions, asking);
  if (answers !== undefined) return answers;
  throw new DistributedError("bad-option", `${model.identity} has no ${job.method}: let another model judge`);
}
