import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isTemporary } from "@cai/whole-file";
import { type DecodedEvent, decodeEvents } from "../../packages/run-log/src/decode-events.fixture.ts";

/** All that a run leaves, times aside: two runs that went the same way have equal records. */
export interface RunRecord {
  /** SHA-256 by path: `final/`, the tensors of every checkpoint, and the last step that failed. */
  readonly digests: Readonly<Record<string, string>>;
  /** What the checkpoints know beside tensors, by their names, and which is the latest. */
  readonly states: Readonly<Record<string, unknown>>;
  readonly metrics: readonly unknown[];
  readonly samples: string;
  /** Those of held-out prompts; empty where there are none. */
  readonly evaluationSamples: string;
  /** The events that count, as TensorBoard reads them. */
  readonly board: readonly unknown[];
  readonly config: unknown;
  /** Names that a complete run does not have. */
  readonly rests: readonly string[];
}

export function readRunRecord(out: string): RunRecord {
  const paths = readdirSync(out, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
    .toSorted();
  const read = (path: string) => readFileSync(join(out, path));
  const digest = (path: string) => createHash("sha256").update(read(path)).digest("hex");
  const toDigest = (path: string) =>
    /^final\/.*\./.test(path) || /^checkpoints\/.*\.safetensors$/.test(path) || /^failed-step\//.test(path);
  const states = paths.filter((path) => path.endsWith("/state.json"));
  return {
    digests: Object.fromEntries(paths.filter(toDigest).map((path) => [path, digest(path)])),
    states: {
      ...Object.fromEntries(states.map((path) => [path, withoutTimes(JSON.parse(String(read(path))))])),
      latest: String(read("checkpoints/latest")),
    },
    metrics: wholeLines(String(read("metrics.jsonl"))).map(withoutTimes),
    samples: String(read("samples.jsonl")),
    evaluationSamples: paths.includes("evaluation-samples.jsonl") ? String(read("evaluation-samples.jsonl")) : "",
    board: countingEvents(paths.filter((path) => path.startsWith("tensorboard/")).map(read)),
    config: JSON.parse(String(read("config.json"))),
    rests: paths.filter((path) => isTemporary(path) || isRest(path)),
  };
}

/** Names of what is being written: a part of a checkpoint, `final/` on its way, the lock. */
export const isRest = (path: string): boolean => /(\.partial|~)$|\.tmp(\/|$)|^run\.lock|(^|\/)\.[^/]/.test(path);

/** The lines of a log, each of which has to be whole. */
export function wholeLines(text: string): unknown[] {
  if (text !== "" && !text.endsWith("\n")) throw new Error(`the last line is cut: ${text.slice(-80)}`);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Plain JSON without what a clock has told. */
function withoutTimes(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutTimes);
  if (typeof json !== "object" || json === null) return json;
  const kept = Object.entries(json).filter(([name]) => !/^time\/|^seconds$|^tokens_per_second$/.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutTimes(value)]));
}

/** Of the files of a run's processes: what a later process said it would do again does not count, nor a record that was cut short. */
function countingEvents(files: readonly Buffer[]): unknown[] {
  const sessions = files.map((file) => decodeEvents(wholeRecords(file))).filter((events) => events.length > 0);
  sessions.sort(([a], [b]) => a!.wallTime! - b!.wallTime!);
  let counting: DecodedEvent[] = [];
  for (const event of sessions.flat()) {
    if (event.sessionStatus === 1) counting = counting.filter(({ step }) => step! < event.step!);
    if (event.scalars) counting.push(event);
  }
  return counting.map(({ step, scalars }) => withoutTimes({ step, scalars }));
}

function wholeRecords(file: Buffer): Buffer {
  let end = 0;
  while (end + 8 <= file.length) {
    const next = end + 16 + Number(file.readBigUInt64LE(end));
    if (next > file.length) break;
    end = next;
  }
  return file.subarray(0, end);
}
