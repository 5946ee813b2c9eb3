import type { FeedbackModel } from "@cai/feedback";
import { askFeedback } from "./ask-feedback.ts";
import { feedbackByJobs } from "./feedback-by-jobs.ts";
import type { Answers, Method } from "./label-payload.ts";
import { checkRowsPerJob } from "./slice-rows.ts";

/**
 * Asks here as workers are asked there: slice by slice, so that labels made on one machine have the bytes of labels made on workers also where a
 * model's last bits depend on how many rows are read at once. A local model must read as many rows a pass.
 *
 * @throws DistributedError `bad-option`
 *
 * @example
 * const asked = slicedFeedback({ feedback: localFeedback({ policy, batchSize: 4 }), rowsPerJob: 4 });
 * const messages = [{ role: "user", content: "Is the sky blue?" }];
 * const logprobs = await asked.choose!([{ messages, options: ["Yes", "No"] }], {});
 */
export function slicedFeedback({ feedback, rowsPerJob }: { readonly feedback: FeedbackModel; readonly rowsPerJob: number }): FeedbackModel {
  return feedbackByJobs(feedback, {
    rowsPerJob: checkRowsPerJob(rowsPerJob),
    async answer(slices, signal) {
      const answers: Answers[Method][] = [];
      for (const slice of slices) answers.push(await askFeedback(feedback, slice, signal));
      return answers;
    },
  });
}
