import type {
  DrawCounters,
  FinishReason,
  Generation,
  SamplingOptions,
  ScoreParts,
  ScoreRequest,
  Shape2D,
  TokenBatch,
} from "@cai/contracts";
import { DistributedError } from "./error.ts";
import { decodeFrame, encodeFrame, type FrameArray } from "./frame.ts";
import { isHash } from "./names.ts";

/** A slice of a step's prompts. */
export interface RolloutJob {
  /** The version of the weights that draw it; null: of the learner's versions the newest, when a worker takes the job. */
  readonly weights: string | null;
  readonly prompts: TokenBatch;
  readonly sampling: Omit<SamplingOptions, "signal" | "onToken">;
}

/** The responses to a slice, and the version of the weights that drew them. */
export interface DrawnSlice {
  readonly generation: Generation;
  readonly weights: string;
}

const finishReasons: readonly FinishReason[] = ["eos", "length", "stop"];

/** Jobs and their results as bytes. Each `read` checks all that it takes, and throws DistributedError `bad-payload` or `too-large`. */
export const jobPayload = {
  /** The same job gives the same bytes, in whatever order its options stand. */
  writeRolloutJob({ weights, prompts, sampling }: RolloutJob): Buffer {
    const { ids, mask, shape } = prompts;
    const ordered = inOrder({ ...sampling, draws: inOrder(sampling.draws) });
    return encodeFrame({ header: { kind: "rollout", weights, shape, sampling: ordered }, arrays: { ids, mask } });
  },

  readRolloutJob(bytes: Uint8Array): RolloutJob {
    const { header, arrays } = ofKind(bytes, "rollout");
    const { weights } = header;
    if (weights !== null && !isHash(weights)) refuse("weights that are no SHA-256");
    const shape = shapeOf(header.shape);
    return { weights: weights as string | null, prompts: { ...tokensOf(arrays, shape), shape }, sampling: samplingOf(header.sampling) };
  },

  writeDrawnSlice({ generation, weights }: DrawnSlice): Buffer {
    const { responses, behaviourLogprobs, finishReasons: reasons, keptTokens } = generation;
    const { ids, mask, shape } = responses;
    const finished = Uint8Array.from(reasons, (reason) => finishReasons.indexOf(reason));
    const kept = keptTokens && { keptIds: keptTokens.ids, keptOffsets: keptTokens.offsets };
    return encodeFrame({ header: { kind: "generation", shape, weights }, arrays: { ids, mask, behaviourLogprobs, finished, ...kept } });
  },

  /** @param asked the job that it answers. */
  readDrawnSlice(bytes: Uint8Array, asked: RolloutJob): DrawnSlice {
    const { header, arrays } = ofKind(bytes, "generation");
    const { weights } = header;
    if (!isHash(weights)) refuse("weights that are no SHA-256");
    if (asked.weights !== null && weights !== asked.weights) refuse("responses of other weights than were asked for");
    const shape = shapeOf(header.shape);
    const rows = asked.prompts.shape[0];
    const { maxNewTokens } = asked.sampling;
    if (shape[0] !== rows || shape[1] < 1 || shape[1] > maxNewTokens)
      refuse(`responses of shape [${shape}] to ${rows} prompts and at most ${maxNewTokens} tokens`);
    const finished = arrayOf(arrays, "finished", Uint8Array, rows);
    if (finished.some((reason) => reason >= finishReasons.length)) refuse("a reason to finish that is none");
    const keptTokens = keptOf(arrays, shape);
    const generation = {
      responses: { ...tokensOf(arrays, shape), shape },
      behaviourLogprobs: arrayOf(arrays, "behaviourLogprobs", Float32Array, shape[0] * shape[1]),
      finishReasons: Array.from(finished, (reason) => finishReasons[reason]!),
      ...(keptTokens && { keptTokens }),
    };
    return { generation, weights: weights as string };
  },

  writeScoreJob({ prompts, responses, promptIds, responseIds, columns }: ScoreRequest): Buffer {
    const joined = { ...joinIds("prompt", promptIds), ...joinIds("response", responseIds) };
    return encodeFrame({ header: { kind: "score", prompts, responses, columns }, arrays: joined });
  },

  readScoreJob(bytes: Uint8Array): ScoreRequest {
    const { header, arrays } = ofKind(bytes, "score");
    const { prompts, responses, columns } = header;
    if (!isTexts(prompts) || !isTexts(responses) || prompts.length !== responses.length) refuse("texts that are not one of each a row");
    const rows = (prompts as string[]).length;
    const ids = { promptIds: splitIds(arrays, "prompt", rows), responseIds: splitIds(arrays, "response", rows) };
    return { prompts: prompts as string[], responses: responses as string[], ...ids, ...columnsOf(columns, rows) };
  },

  writeScores({ scores, parts }: ScoreParts): Buffer {
    const named = Object.entries(parts);
    const numbered = Object.fromEntries(named.map(([, part], index) => [`part${index}`, part]));
    return encodeFrame({ header: { kind: "scores", parts: named.map(([name]) => name) }, arrays: { scores, ...numbered } });
  },

  /** @param rows how many were asked for. */
  readScores(bytes: Uint8Array, rows: number): ScoreParts {
    const { header, arrays } = ofKind(bytes, "scores");
    const { parts } = header;
    if (!isTexts(parts)) refuse("parts of scores without names");
    const read = (parts as string[]).map((name, index) => [name, arrayOf(arrays, `part${index}`, Float32Array, rows)] as const);
    return { scores: arrayOf(arrays, "scores", Float32Array, rows), parts: Object.fromEntries(read) };
  },
};

const inOrder = (options: object): object => Object.fromEntries(Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1)));

export type Arrays = Readonly<Record<string, FrameArray>>;

export function ofKind(bytes: Uint8Array, kind: string) {
  const frame = decodeFrame(bytes);
  if (frame.header.kind !== kind) refuse(`a payload of kind ${JSON.stringify(frame.header.kind)}; expected "${kind}"`);
  return frame;
}

export function arrayOf<Values extends FrameArray>(
  arrays: Arrays,
  name: string,
  type: new (length: number) => Values,
  length: number,
): Values {
  const array = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
  if (!(array instanceof type) || array.length !== length) refuse(`${array?.length ?? "no"} ${name}; expected ${length} as ${type.name}`);
  return array as Values;
}

export function shapeOf(shape: unknown): Shape2D {
  const isShape = Array.isArray(shape) && shape.length === 2 && shape.every((size) => Number.isSafeInteger(size) && size > 0);
  return isShape ? (shape as unknown as Shape2D) : refuse(`a shape ${JSON.stringify(shape)}`);
}

export function tokensOf(arrays: Arrays, [rows, columns]: Shape2D): Omit<TokenBatch, "shape"> {
  const mask = arrayOf(arrays, "mask", Uint8Array, rows * columns);
  if (mask.some((one) => one > 1)) refuse("a mask with other numbers than 0 and 1");
  return { ids: arrayOf(arrays, "ids", Int32Array, rows * columns), mask };
}

function keptOf(arrays: Arrays, [rows, columns]: Shape2D): Generation["keptTokens"] {
  if (!Object.hasOwn(arrays, "keptOffsets")) return undefined;
  const offsets = arrayOf(arrays, "keptOffsets", Int32Array, rows * columns + 1);
  if (offsets[0] !== 0 || offsets.some((offset, cell) => cell > 0 && offset < offsets[cell - 1]!)) refuse("offsets that do not ascend");
  return { offsets, ids: arrayOf(arrays, "keptIds", Int32Array, offsets[rows * columns]!) };
}

export const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
export const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
export const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((text) => typeof text === "string");

/** What each may be; those that are required first. */
const samplingChecks: Readonly<Record<keyof RolloutJob["sampling"], (value: unknown) => boolean>> = {
  draws: (value) => isDraws(value),
  maxNewTokens: (value) => isCount(value) && value !== 0,
  minNewTokens: isCount,
  temperature: isNumber,
  topK: isCount,
  topP: isNumber,
  stopTokenIds: (value) => Array.isArray(value) && value.every(isCount),
  recordKeptTokens: (value) => typeof value === "boolean",
};

export function isDraws(value: unknown): boolean {
  const { seed, stream, step, firstSample, ...rest } = (value ?? {}) as Partial<DrawCounters>;
  const areCounts = isNumber(seed) && isCount(step) && (firstSample === undefined || isCount(firstSample));
  return areCounts && typeof stream === "string" && Object.keys(rest).length === 0;
}

function samplingOf(given: unknown): RolloutJob["sampling"] {
  if (typeof given !== "object" || given === null) refuse("no sampling options");
  const options = given as Record<string, unknown>;
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(samplingChecks, name));
  if (unknown !== undefined) refuse(`a sampling option ${unknown}`);
  for (const [name, check] of Object.entries(samplingChecks)) {
    const isRequired = name === "draws" || name === "maxNewTokens";
    if ((isRequired || options[name] !== undefined) && !check(options[name])) refuse(`${name} ${JSON.stringify(options[name])}`);
  }
  return options as unknown as RolloutJob["sampling"];
}

function columnsOf(columns: unknown, rows: number): Pick<ScoreRequest, "columns"> {
  if (columns === undefined) return {};
  const isTable = typeof columns === "object" && columns !== null;
  if (!isTable || !Object.values(columns).every((column) => Array.isArray(column) && column.length === rows))
    refuse("columns that have not one value a row");
  // JSON has no undefined: a row without the column came as null.
  const named = Object.entries(columns as Record<string, unknown[]>).map(
    ([name, column]) => [name, column.map((value) => value ?? undefined)] as const,
  );
  return { columns: Object.fromEntries(named) };
}

function joinIds(name: string, rows: readonly Int32Array[]): Record<string, Int32Array> {
  const lengths = Int32Array.from(rows, ({ length }) => length);
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    ids.set(row, at);
    at += row.length;
  }
  return { [`${name}Lengths`]: lengths, [`${name}Ids`]: ids };
}

function splitIds(arrays: Arrays, name: string, rows: number): Int32Array[] {
  const lengths = arrayOf(arrays, `${name}Lengths`, Int32Array, rows);
  if (lengths.some((length) => length < 0)) refuse("a row of negative length");
  const ids = arrayOf(
    arrays,
    `${name}Ids`,
    Int32Array,
    lengths.reduce((sum, length) => sum + length, 0),
  );
  let at = 0;
  return Array.from(lengths, (length) => {
    at += length;
    return ids.slice(at - length, at);
  });
}

export function refuse(what: string): never {
  throw new DistributedError("bad-payload", `a job's payload has ${what}: learner and worker must be of one version`);
}
