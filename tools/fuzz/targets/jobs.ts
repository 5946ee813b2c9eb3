import { DistributedError, jobPayload, labelPayload, referencePayload } from "@cai/distributed";
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

const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: [{ type: "text", text: "Is it blue?" }] },
];
const drawing = { draws: { seed: 7, stream: "label", step: 0 }, maxNewTokens: 3, temperature: 1 };
const conversations = { method: "complete", rowsAtOnce: 2, questions: [messages, messages], drawing } as const;
const choices = { method: "choose", rowsAtOnce: 2, questions: [{ messages, options: ["A", "B"] }] } as const;
const answered = { method: "logprobs", rowsAtOnce: 2, questions: [{ messages, answer: "Yes." }] } as const;
const completions = [
  { text: "Yes.", ending: "finished" as const },
  { text: "", ending: "cut" as const },
];
const pass = { batch: { prompts: job.prompts, responses: generation.responses }, temperature: 0.7 };

const target = (name: string, seeds: Uint8Array | readonly Uint8Array[], read: (input: Uint8Array) => unknown): FuzzTarget => ({
  name,
  inputs: mutatedBytes([seeds].flat()),
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
  target("job-label", [conversations, choices, answered].map(labelPayload.writeLabelJob), labelPayload.readLabelJob),
  target("job-completions", labelPayload.writeAnswers("complete", completions), (input) => labelPayload.readAnswers(input, conversations)),
  target("job-choices", labelPayload.writeAnswers("choose", [[-1, -2]]), (input) => labelPayload.readAnswers(input, choices)),
  target("job-logprobs", labelPayload.writeAnswers("logprobs", [{ logprob: -1, tokens: 2 }]), (input) =>
    labelPayload.readAnswers(input, answered),
  ),
  target("job-reference", referencePayload.writeReferenceJob(pass), referencePayload.readReferenceJob),
  target("job-reference-logprobs", referencePayload.writeLogprobs(new Float32Array(4)), (input) =>
    referencePayload.readLogprobs(input, pass),
  ),
];
