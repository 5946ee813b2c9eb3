import type { FeedbackModel } from "@cai/feedback";
import { askFeedback } from "./ask-feedback.ts";
import { JobWorker, type WorkerOptions } from "./job-worker.ts";
import { labelPayload } from "./label-payload.ts";
import { type LabellerParts, labellerIdentity, labelQueue } from "./labeller-identity.ts";

export interface LabelWorkerOptions extends WorkerOptions, LabellerParts {
  /** The model that is asked, as it reads so many rows a pass: a job says how many. */
  readonly feedbackOf: (rowsAtOnce: number) => FeedbackModel;
}

/**
 * Answers the questions of those who ask the same model, until `stop`: `DistributedFeedback`. A policy that it asks must stay as it was loaded: a
 * rollout worker's does not.
 *
 * @throws DistributedError `no-redis`, `bad-option`
 *
 * @example
 * const policy = await loadPolicy("./smollm2");
 * const feedbackOf = (rowsAtOnce: number) => localFeedback({ policy, batchSize: rowsAtOnce });
 * const worker = await startLabelWorker({ redis: "redis://127.0.0.1:6379", feedbackOf, policy });
 * process.once("SIGTERM", () => worker.stop());
 */
export async function startLabelWorker({
  feedbackOf,
  policy,
  engine,
  settings,
  ...options
}: LabelWorkerOptions): Promise<{ stop(): Promise<void> }> {
  const parts = { policy, ...(engine !== undefined && { engine }), ...(settings !== undefined && { settings }) };
  const labeller = labellerIdentity(feedbackOf(1), parts);
  const worker = await JobWorker.start({
    ...options,
    role: "label",
    queue: labelQueue(labeller),
    labeller,
    async answer(payload) {
      const job = labelPayload.readLabelJob(payload);
      return { payload: labelPayload.writeAnswers(job.method, await askFeedback(feedbackOf(job.rowsAtOnce), job)) };
    },
  });
  return { stop: () => worker.stop() };
}
