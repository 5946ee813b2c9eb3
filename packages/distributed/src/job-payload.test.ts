import type { Generation } from "@cai/contracts";
import { expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "./frame.ts";
import { jobPayload, type RolloutJob } from "./job-payload.ts";

const weights = "a".repeat(64);
const job: RolloutJob = {
  weights,
  prompts: { ids: Int32Array.of(0, 5, 6, 7), mask: Uint8Array.of(0, 1, 1, 1), shape: [2, 2] },
  sampling: { draws: { seed: 7, stream: "rollout", step: 3, firstSample: 4 }, maxNewTokens: 3, temperature: 0.7, stopTokenIds: [2] },
};
const generation: Generation = {
  responses: { ids: Int32Array.of(1, 2, 3, 0), mask: Uint8Array.of(1, 1, 1, 0), shape: [2, 2] },
  behaviourLogprobs: Float32Array.of(-0.5, -1, -2, 0),
  finishReasons: ["length", "stop"],
  keptTokens: { ids: Int32Array.of(1, 9), offsets: Int32Array.of(0, 2, 2, 2, 2) },
};
const scored = {
  prompts: ["a", "b"],
  responses: ["c", ""],
  promptIds: [Int32Array.of(1), Int32Array.of(2, 3)],
  responseIds: [Int32Array.of(4), Int32Array.of()],
  columns: { expected: ["c", undefined] },
};

const drawn = { generation, weights };

/** The same payload with another header, or arrays. */
function changed(bytes: Buffer, header: object, arrays: object = {}): Buffer {
  const frame = decodeFrame(bytes);
  return encodeFrame({ header: { ...frame.header, ...header }, arrays: { ...frame.arrays, ...arrays } });
}

test("the same job gives the same bytes, in whatever order its options stand", () => {
  const { draws, ...others } = job.sampling;
  const { firstSample, ...counters } = draws;
  const turned = { ...job, sampling: { ...others, draws: { firstSample: firstSample!, ...counters } } };
  expect(jobPayload.writeRolloutJob(turned)).toEqual(jobPayload.writeRolloutJob(job));
});

test("jobs and answers come back as they went", () => {
  expect(jobPayload.readRolloutJob(jobPayload.writeRolloutJob(job))).toEqual(job);
  expect(jobPayload.readRolloutJob(jobPayload.writeRolloutJob({ ...job, weights: null }))).toEqual({ ...job, weights: null });
  expect(jobPayload.readDrawnSlice(jobPayload.writeDrawnSlice(drawn), job)).toEqual(drawn);
  expect(jobPayload.readDrawnSlice(jobPayload.writeDrawnSlice(drawn), { ...job, weights: null })).toEqual(drawn);
  expect(jobPayload.readScoreJob(jobPayload.writeScoreJob(scored))).toEqual(scored);
  const scores = { scores: Float32Array.of(1, 2), parts: { warm: Float32Array.of(0.5, 1) } };
  expect(jobPayload.readScores(jobPayload.writeScores(scores), 2)).toEqual(scores);
});

test.each([
  ["another kind", { kind: "code" }, {}],
  ["weights by a path", { weights: "../../etc/passwd" }, {}],
  ["an option that nobody knows", { sampling: { ...job.sampling, module: "x.mjs" } }, {}],
  ["draws without a seed", { sampling: { ...job.sampling, draws: { stream: "rollout", step: 3 } } }, {}],
  ["no length", { sampling: { draws: job.sampling.draws } }, {}],
  ["a shape of its own", { shape: [2, 3] }, {}],
  ["no rows", { shape: [0, 2] }, {}],
  ["a mask of other numbers", {}, { mask: Uint8Array.of(0, 2, 1, 1) }],
  ["ids as floats", {}, { ids: Float32Array.of(1, 2, 3, 4) }],
])("a job with %s is refused", (_, header, arrays) => {
  expect(() => jobPayload.readRolloutJob(changed(jobPayload.writeRolloutJob(job), header, arrays))).toThrow(/a job's payload has/);
});

test.each([
  ["rows for other prompts", { shape: [1, 4] }, {}],
  ["more tokens than were asked for", { shape: [2, 4] }, {}],
  ["a reason that is none", {}, { finished: Uint8Array.of(0, 3) }],
  ["log-probabilities of another number", {}, { behaviourLogprobs: Float32Array.of(1) }],
  ["offsets that go back", {}, { keptOffsets: Int32Array.of(0, 2, 1, 2, 2) }],
  ["weights that were not asked for", { weights: "b".repeat(64) }, {}],
  ["weights of no name", { weights: null }, {}],
  ["offsets beyond the ids", {}, { keptOffsets: Int32Array.of(0, 2, 2, 2, 9) }],
])("an answer with %s is refused", (_, header, arrays) => {
  expect(() => jobPayload.readDrawnSlice(changed(jobPayload.writeDrawnSlice(drawn), header, arrays), job)).toThrow(/payload has/);
});

test("lengths that reach beyond the ids, and columns of other lengths, are refused", () => {
  const bytes = jobPayload.writeScoreJob(scored);
  for (const lengths of [Int32Array.of(-1, 4), Int32Array.of(1, 9), Int32Array.of(3)])
    expect(() => jobPayload.readScoreJob(changed(bytes, {}, { promptLengths: lengths }))).toThrow(/payload has/);
  expect(() => jobPayload.readScoreJob(changed(bytes, { columns: { expected: [1] } }))).toThrow(/one value a row/);
});
