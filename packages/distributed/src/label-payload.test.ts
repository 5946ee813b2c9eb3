import { expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "./frame.ts";
import { type LabelJob, labelPayload } from "./label-payload.ts";

const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: [{ type: "text", text: "Is it blue?" }], name: "Ann" },
];
const drawing = { draws: { seed: 7, stream: "label", step: 0, firstSample: 4 }, maxNewTokens: 3, temperature: 0 };
const jobs = {
  complete: { method: "complete", rowsAtOnce: 2, questions: [messages, []], drawing },
  choose: {
    method: "choose",
    rowsAtOnce: 2,
    questions: [
      { messages, options: ["A", "B"] },
      { messages, options: ["A", "B", "C"] },
    ],
  },
  logprobs: { method: "logprobs", rowsAtOnce: 2, questions: [{ messages, answer: "" }] },
} as const satisfies { readonly [Name in LabelJob["method"]]: LabelJob };
const answers = {
  complete: [
    { text: "Yes\ud800", ending: "finished" },
    { text: "", ending: "unknown" },
  ],
  choose: [
    [-0.1 / 3, Number.NEGATIVE_INFINITY],
    [-1, -2, -3],
  ],
  logprobs: [{ logprob: -1 / 3, tokens: 2 }],
} as const;

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
/** The same payload with another header, or arrays. */
function changed(bytes: Buffer, header: object, arrays: object = {}): Buffer {
  const frame = decodeFrame(bytes);
  return encodeFrame({ header: { ...frame.header, ...header }, arrays: { ...frame.arrays, ...arrays } });
}
const asked = (questions: unknown) => ({ questions: bytesOf(JSON.stringify(questions)) });

test.each(["complete", "choose", "logprobs"] as const)("questions and answers of %s come back as they went, to the last bit", (method) => {
  expect(labelPayload.readLabelJob(labelPayload.writeLabelJob(jobs[method]))).toEqual(jobs[method]);
  expect(labelPayload.readAnswers(labelPayload.writeAnswers(method, answers[method] as never), jobs[method])).toEqual(answers[method]);
});

test.each<[string, keyof typeof jobs, object, object]>([
  ["another kind", "choose", { kind: "rollout" }, {}],
  ["a method that nobody knows", "choose", { method: "constructor" }, {}],
  ["no rows at once", "choose", { rowsAtOnce: 0 }, {}],
  ["no questions", "choose", {}, { questions: Int32Array.of() }],
  ["an empty list of them", "choose", {}, asked([])],
  ["what is no JSON", "choose", {}, { questions: bytesOf("[") }],
  ["what is no UTF-8", "choose", {}, { questions: Uint8Array.of(0xff) }],
  ["a message without a role", "complete", {}, asked([[{ content: "a" }]])],
  ["content that is a number", "complete", {}, asked([[{ role: "user", content: 1 }]])],
  ["parts that are texts", "complete", {}, asked([[{ role: "user", content: ["a"] }]])],
  ["options that are numbers", "choose", {}, asked([{ messages, options: [1] }])],
  ["an answer too many", "logprobs", {}, asked([{ messages, answer: "a", path: "/etc/passwd" }])],
  ["no drawing", "complete", { drawing: undefined }, {}],
  ["draws without a seed", "complete", { drawing: { ...drawing, draws: { stream: "label", step: 0 } } }, {}],
  ["no length", "complete", { drawing: { ...drawing, maxNewTokens: 0 } }, {}],
  ["a temperature in words", "complete", { drawing: { ...drawing, temperature: "hot" } }, {}],
  ["a word too many on drawing", "complete", { drawing: { ...drawing, module: "x.mjs" } }, {}],
])("a job with %s is refused", (_, method, header, arrays) => {
  const bytes = changed(labelPayload.writeLabelJob(jobs[method]), header, arrays);
  expect(() => labelPayload.readLabelJob(bytes)).toThrow(/a job's payload has/);
});

test.each<[string, keyof typeof jobs, object, object]>([
  ["fewer texts than questions", "complete", { texts: ["a"] }, {}],
  ["an ending that is none", "complete", {}, { endings: Uint8Array.of(0, 4) }],
  ["log-probabilities of another number", "choose", {}, { logprobs: Float64Array.of(1) }],
  ["less than no tokens", "logprobs", {}, { tokens: Int32Array.of(-1) }],
  ["answers to something else", "logprobs", { kind: "choices" }, {}],
])("answers with %s are refused", (_, method, header, arrays) => {
  const bytes = changed(labelPayload.writeAnswers(method, answers[method] as never), header, arrays);
  expect(() => labelPayload.readAnswers(bytes, jobs[method])).toThrow(/a job's payload has/);
});
