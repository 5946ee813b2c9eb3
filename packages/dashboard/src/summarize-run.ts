import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isLocked } from "@cai/whole-file";
import { metricsName } from "./find-runs.ts";

/** `running` where a process has the folder for itself, `finished` where what was trained is in `final/`, else `stopped`. */
export type RunState = "running" | "finished" | "stopped";

/** A run in a line. */
export interface RunSummary {
  readonly directory: string;
  /** `ppo`, `grpo`, …, `sft`, `dpo`, `reward`; undefined where `config.json` doesn't tell. */
  readonly algorithm: string | undefined;
  /** What is trained, as it was named. */
  readonly policy: string | undefined;
  /** The last step that was logged; 0 where none was. */
  readonly step: number;
  /** Of the whole run; undefined where the data decide. */
  readonly steps: number | undefined;
  /** The mean score of the last steps, ten at most; undefined where responses aren't scored. */
  readonly reward: number | undefined;
  /** KL to the reference in nats a response token, the mean of the same steps. */
  readonly klPerToken: number | undefined;
  readonly loss: number | undefined;
  readonly state: RunState;
  /** When the log was last written, in milliseconds since 1970. */
  readonly updatedAt: number;
}

const meanOver = 10;
const tailBytes = 1 << 16;
const mostConfigBytes = 1 << 20;

/**
 * What a run's folder tells in a line: of its configuration, the end of its metrics, and whether a process works on it. What is missing or
 * can't be read as JSON is undefined.
 *
 * @example
 * import { summarizeRun } from "@cai/dashboard";
 *
 * const { step, steps, state } = await summarizeRun("runs/first");
 * console.log(`step ${step} of ${steps ?? "as many as the data take"}, ${state}`);
 */
export async function summarizeRun(directory: string): Promise<RunSummary> {
  const metrics = join(directory, metricsName);
  const [config, lines, isRunning, isFinished, updatedAt] = await Promise.all([
    readConfig(join(directory, "config.json")),
    lastLines(metrics),
    isLocked(directory),
    stat(join(directory, "final")).then(
      (found) => found.isDirectory(),
      () => false,
    ),
    stat(metrics).then(
      (found) => found.mtimeMs,
      () => 0,
    ),
  ]);
  const recent = lines.slice(-meanOver);
  const step = recent.at(-1)?.step;
  return {
    directory,
    algorithm: algorithmOf(config),
    policy: typeof config.policy === "string" ? config.policy : undefined,
    step: typeof step === "number" ? step : 0,
    steps: typeof config.steps === "number" && config.steps > 0 ? config.steps : undefined,
    reward: meanOf(recent, "objective/scores"),
    klPerToken: meanOf(recent, "objective/kl_per_token"),
    loss: meanOf(recent, "loss"),
    state: isRunning ? "running" : isFinished ? "finished" : "stopped",
    updatedAt,
  };
}

type Values = Readonly<Record<string, unknown>>;

/**
 * How a run was trained, by its configuration: `ppo`, `grpo`, …, `sft`, `dpo`, `reward`; undefined where that doesn't tell. Trainers on data don't
 * name themselves: an option that only one of them has does.
 *
 * @example
 * algorithmOf({ algorithm: "grpo", steps: 40 }); // grpo
 */
export function algorithmOf(config: Values): string | undefined {
  if (typeof config.algorithm === "string") return config.algorithm;
  const own = { completionOnlyLoss: "sft", centerRewardsCoefficient: "reward", lossType: "dpo", valueLossCoef: "ppo" };
  return Object.entries(own).find(([option]) => option in config)?.[1];
}

async function readConfig(path: string): Promise<Values> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size > mostConfigBytes) return {};
  return parseObject(await readFile(path, "utf8").catch(() => "")) ?? {};
}

async function lastLines(path: string): Promise<Values[]> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const begin = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - begin), 0, null, begin);
    const lines = buffer.toString("utf8", 0, bytesRead).split("\n");
    return lines.map(parseObject).filter((line) => line !== undefined); // the first may be cut, the last be being written
  } finally {
    await file.close();
  }
}

function parseObject(text: string): Values | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : undefined;
  } catch {
    return undefined;
  }
}

function meanOf(lines: readonly Values[], name: string): number | undefined {
  const numbers = lines.map((line) => line[name]).filter((value): value is number => typeof value === "number");
  return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}
