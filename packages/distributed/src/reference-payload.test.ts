import { expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "./frame.ts";
import { referencePayload } from "./reference-payload.ts";

const batch = {
  prompts: { ids: Int32Array.of(0, 5, 6, 7), mask: Uint8Array.of(0, 1, 1, 1), shape: [2, 2] as const },
  responses: { ids: Int32Array.of(1, 2, 3, 4, 5, 0), mask: Uint8Array.of(1, 1, 1, 1, 1, 0), shape: [2, 3] as const },
};
const job = { batch, temperature: 0.7 };
const bytes = referencePayload.writeReferenceJob(job);

function changed(header: object, arrays: object = {}): Buffer {
  const frame = decodeFrame(bytes);
  return encodeFrame({ header: { ...frame.header, ...header }, arrays: { ...frame.arrays, ...arrays } });
}

test("a pass and its answer come back as they went", () => {
  expect(referencePayload.readReferenceJob(bytes)).toEqual(job);
  const logprobs = Float32Array.of(-1, -2, -3, -4, -5, 0);
  expect(referencePayload.readLogprobs(referencePayload.writeLogprobs(logprobs), job)).toEqual(logprobs);
});

test.each([
  ["another kind", { kind: "rollout" }, {}],
  ["no temperature", { temperature: 0 }, {}],
  ["more prompts than responses", { prompts: [4, 1] }, {}],
  ["no columns", { responses: [2, 0] }, { responseIds: Int32Array.of(), responseMask: Uint8Array.of() }],
  ["a shape of its own", { responses: [2, 2] }, {}],
  ["ids as floats", {}, { promptIds: Float32Array.of(0, 5, 6, 7) }],
  ["a mask of other numbers", {}, { responseMask: Uint8Array.of(1, 1, 1, 1, 1, 2) }],
])("a pass with %s is refused", (_, header, arrays) => {
  expect(() => referencePayload.readReferenceJob(changed(header, arrays))).toThrow(/a job's payload has/);
});

test("an answer of another size is refused", () => {
  const answer = referencePayload.writeLogprobs(Float32Array.of(-1));
  expect(() => referencePayload.readLogprobs(answer, job)).toThrow("1 logprobs; expected 6");
});
