import { DistributedError, jobPayload } from "@cai/distributed";
import { mutatedBytes } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";

const job = {
  weights: "a".repeat(64),
  prompts: { ids: Int32Array.of(0, 5, 6, 7), mask: Uint8Array.of(0, 1, 1, 1), shape: [2, 2] as const },
  sampling: { draws: { seed: 7, stream: "rollout", step: 3 }, maxNewTokens: 3, stopTokenIds: [2] },
};
const generation = {
  responses: { ids: Int32Array.of(1, 2, 3, 0), mask: Uint8Array.of(1, 1, 1, 0), shape: [2, 2] as const },
  behaviourLogprobs: Float32Array.of(-0.5, -1, -2, 0),
  finishReasons: ["length", "stop"] as const,
  keptTokens: { ids: Int32Array.of(1, 9), offsets: Int32Array.of(0, 2, 2, 2, 2) },
};
const request = {
  prompts: ["a", "b"],
  responses: ["c", ""],
  promptIds: [Int32Array.of(1), Int32Array.of(2, 3)],
  responseIds: [Int32Array.of(4), Int32Array.of()],
  columns: { expected: ["c", 3] },
};
const scores = { scores: Float32Array.of(1, 2), parts: { warm: Float32Array.of(0.5, 1) } };

const target = (name: string, seed: Uint8Array, read: (input: Uint8Array) => unknown): FuzzTarget => ({
  name,
  inputs: mutatedBytes([seed]),
  share: 50,
  errors: [DistributedError],
  read,
});

/** Jobs, as workers get them, and answers, as learners do. */
export const jobs: readonly FuzzTarget[] = [
  target("job-payload", jobPayload.writeRolloutJob(job), jobPayload.readRolloutJob),
  target("job-generation", jobPayload.writeDrawnSlice({ generation, weights: job.weights }), (input) =>
    jobPayload.readDrawnSlice(input, job),
  ),
  target("job-score", jobPayload.writeScoreJob(request), jobPayload.readScoreJob),
  target("job-scores", jobPayload.writeScores(scores), (input) => jobPayload.readScores(input, 2)),
];
