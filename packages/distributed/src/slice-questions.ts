import type { LabelJob } from "./label-payload.ts";
import { startsOf } from "./slice-rows.ts";

/**
 * Questions in slices of so many, the last of what is left; each keeps the number of its sample, so that what is drawn for it does not depend on
 * its slice.
 *
 * @throws DistributedError `bad-option`
 */
export function sliceQuestions<Job extends LabelJob>(job: Job, rowsPerJob: number): Job[] {
  return startsOf(job.questions.length, rowsPerJob).map((start) => {
    const questions = job.questions.slice(start, start + rowsPerJob);
    if (job.method !== "complete") return { ...job, questions };
    const { drawing } = job;
    const firstSample = (drawing.draws.firstSample ?? 0) + start;
    return { ...job, questions, drawing: { ...drawing, draws: { ...drawing.draws, firstSample } } };
  });
}
