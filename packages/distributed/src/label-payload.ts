import type { ChatMessage } from "@cai/contracts";
import type { Answered, AnswerLogprob, Choice, Completion, CompletionOptions, Ending } from "@cai/feedback";
import { readExactJson, writeExactJson } from "./exact-json.ts";
import { encodeFrame } from "./frame.ts";
import { type Arrays, arrayOf, isCount, isDraws, isNumber, isTexts, ofKind, refuse } from "./job-payload.ts";

/** How a text is drawn, as far as a job tells it. */
type Drawing = Omit<CompletionOptions, "signal">;

/** What is asked by each of a feedback model's methods. */
export interface Questions {
  readonly complete: { readonly questions: readonly (readonly ChatMessage[])[]; readonly drawing: Drawing };
  readonly choose: { readonly questions: readonly Choice[] };
  readonly logprobs: { readonly questions: readonly Answered[] };
}
export type Method = keyof Questions;

/** A slice of questions to whoever asks this very model, a pass of it for so many rows. */
export type LabelJob = { readonly [Name in Method]: { readonly method: Name; readonly rowsAtOnce: number } & Questions[Name] }[Method];

/** What each method answers, a question a place. */
export interface Answers {
  readonly complete: Completion[];
  readonly choose: number[][];
  readonly logprobs: AnswerLogprob[];
}

const endings: readonly Ending[] = ["finished", "cut", "open", "unknown"];

/**
 * Questions and answers as bytes. Each `read` checks all that it takes, and throws DistributedError `bad-payload` or `too-large`.
 *
 * @example
 * const questions = [{ messages: [{ role: "user", content: "Is the sky blue?" }], options: ["Yes", "No"] }];
 * const bytes = labelPayload.writeLabelJob({ method: "choose", rowsAtOnce: 8, questions });
 * console.log(labelPayload.readLabelJob(bytes).questions.length); // 1
 */
export const labelPayload = {
  writeLabelJob({ method, rowsAtOnce, questions, ...rest }: LabelJob): Buffer {
    const text = new Uint8Array(Buffer.from(writeExactJson(questions)));
    return encodeFrame({ header: { kind: "label", method, rowsAtOnce, ...rest }, arrays: { questions: text } });
  },

  readLabelJob(bytes: Uint8Array): LabelJob {
    const { header, arrays } = ofKind(bytes, "label");
    const { method, rowsAtOnce, drawing } = header;
    if (!isCount(rowsAtOnce) || rowsAtOnce === 0) refuse(`${JSON.stringify(rowsAtOnce)} rows at once`);
    if (typeof method !== "string" || !Object.hasOwn(questionChecks, method)) refuse(`a method ${JSON.stringify(method)}`);
    const questions = questionsOf(arrays, questionChecks[method as Method]);
    return { method, rowsAtOnce, questions, ...(method === "complete" && { drawing: drawingOf(drawing) }) } as LabelJob;
  },

  writeAnswers<Name extends Method>(method: Name, answers: Answers[Name]): Buffer {
    return encodeFrame(framed[method](answers));
  },

  /** @param asked the job that it answers. */
  readAnswers<Job extends LabelJob>(bytes: Uint8Array, asked: Job): Answers[Job["method"]] {
    return readers[asked.method](bytes, asked as never) as Answers[Job["method"]];
  },
};

/** Numbers go as float64, for they are sums of that: no bit is lost, and no infinity. */
const framed: { readonly [Name in Method]: (answers: Answers[Name]) => Parameters<typeof encodeFrame>[0] } = {
  complete: (completions) => ({
    header: { kind: "completions", texts: completions.map(({ text }) => text) },
    arrays: { endings: Uint8Array.from(completions, ({ ending }) => endings.indexOf(ending)) },
  }),
  choose: (logprobs) => ({ header: { kind: "choices" }, arrays: { logprobs: Float64Array.from(logprobs.flat()) } }),
  logprobs: (answers) => ({
    header: { kind: "logprobs" },
    arrays: {
      logprobs: Float64Array.from(answers, ({ logprob }) => logprob),
      tokens: Int32Array.from(answers, ({ tokens }) => tokens),
    },
  }),
};

const readers: { readonly [Name in Method]: (bytes: Uint8Array, asked: Questions[Name]) => Answers[Name] } = {
  complete(bytes, { questions }) {
    const { header, arrays } = ofKind(bytes, "completions");
    const { texts } = header;
    if (!isTexts(texts) || texts.length !== questions.length) refuse(`other than ${questions.length} texts`);
    const ended = arrayOf(arrays, "endings", Uint8Array, questions.length);
    if (ended.some((ending) => ending >= endings.length)) refuse("an ending that is none");
    return (texts as string[]).map((text, row) => ({ text, ending: endings[ended[row]!]! }));
  },
  choose(bytes, { questions }) {
    const { arrays } = ofKind(bytes, "choices");
    const count = questions.reduce((sum, { options }) => sum + options.length, 0);
    const logprobs = arrayOf(arrays, "logprobs", Float64Array, count);
    let at = 0;
    return questions.map(({ options: { length } }) => {
      at += length;
      return [...logprobs.subarray(at - length, at)];
    });
  },
  logprobs(bytes, { questions }) {
    const { arrays } = ofKind(bytes, "logprobs");
    const tokens = arrayOf(arrays, "tokens", Int32Array, questions.length);
    if (tokens.some((count) => count < 0)) refuse("an answer of fewer tokens than none");
    const logprobs = arrayOf(arrays, "logprobs", Float64Array, questions.length);
    return questions.map((_, row) => ({ logprob: logprobs[row]!, tokens: tokens[row]! }));
  },
};

function questionsOf(arrays: Arrays, isQuestion: (value: unknown) => boolean): readonly unknown[] {
  const { questions: text } = arrays;
  if (!(text instanceof Uint8Array)) refuse("no questions");
  const questions = parsed(text as Uint8Array);
  if (Array.isArray(questions) && questions.length > 0 && questions.every(isQuestion)) return questions;
  return refuse("questions of another form");
}

function parsed(text: Uint8Array): unknown {
  try {
    return readExactJson(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    return refuse("questions that are no JSON");
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whatever else a message holds is the chat template's to read. */
function isMessage(value: unknown): boolean {
  if (!isObject(value) || typeof value.role !== "string") return false;
  const { content } = value;
  return content === undefined || content === null || typeof content === "string" || (Array.isArray(content) && content.every(isObject));
}

const isConversation = (value: unknown): boolean => Array.isArray(value) && value.every(isMessage);
const hasOnly = (value: object, ...names: string[]): boolean => Object.keys(value).every((name) => names.includes(name));

const questionChecks: Readonly<Record<Method, (value: unknown) => boolean>> = {
  complete: isConversation,
  choose: (value) => isObject(value) && hasOnly(value, "messages", "options") && isConversation(value.messages) && isTexts(value.options),
  logprobs: (value) =>
    isObject(value) && hasOnly(value, "messages", "answer") && isConversation(value.messages) && typeof value.answer === "string",
};

function drawingOf(given: unknown): Drawing {
  if (!isObject(given) || !hasOnly(given, "draws", "maxNewTokens", "temperature")) return refuse("other words on drawing than it may have");
  const { draws, maxNewTokens, temperature } = given;
  if (!isDraws(draws)) refuse("draws without a seed, a stream and a step");
  if (!isCount(maxNewTokens) || maxNewTokens === 0) refuse(`maxNewTokens ${JSON.stringify(maxNewTokens)}`);
  if (!isNumber(temperature)) refuse(`a temperature ${JSON.stringify(temperature)}`);
  return given as unknown as Drawing;
}
