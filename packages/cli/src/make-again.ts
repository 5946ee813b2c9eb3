import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { ChangedNumber } from "@cai/dashboard";
import type { StepMetrics } from "@cai/run-log";
import { backendFlag } from "./chosen-backend.ts";
import { changedNumbers, type StepValues } from "./compare-steps.ts";
import { CliError } from "./error.ts";
import { type EndingSignal, onFirstSignal } from "./first-signal.ts";

/** A step that came out otherwise, with its numbers. */
export interface StepDifference {
  readonly step: number;
  readonly numbers: readonly ChangedNumber[];
}

/** How far a run came that was made again. */
export interface Made {
  readonly steps: number;
  readonly firstDifference?: StepDifference;
  /** Whether the command came to its end, as it does where the original did. */
  readonly isFinished: boolean;
}

/**
 * Runs `cai` with these arguments in a process of its own, comparing step by step with what was logged behind step `from`. It is stopped at the
 * first difference, and behind the last step that was logged.
 *
 * @throws CliError `usage` or `stray` where the command fails, which has said why on standard error
 */
export async function makeAgain(argv: readonly string[], logged: readonly StepMetrics[], from: number): Promise<Made> {
  const child = spawn(process.execPath, [process.argv[1]!, ...argv, ...backendFlag(), "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let signal: EndingSignal | undefined;
  const release = onFirstSignal((name) => {
    signal = name;
    child.kill(name);
  });
  try {
    const made = await compareSteps(child.stdout, logged, from);
    if (!made.isFinished) child.kill("SIGTERM"); // it leaves a checkpoint, which tells of models and data
    const code = await ended;
    if (signal !== undefined) throw new CliError("interrupted", "Interrupted before the comparison was done.", { cause: signal });
    if (made.isFinished && code !== 0)
      throw new CliError(
        code === 2 ? "usage" : "stray",
        `cai ${argv[0]}, which makes the run again, ended with ${code}: it says why above`,
      );
    return made;
  } finally {
    release();
  }
}

async function compareSteps(lines: Readable, logged: readonly StepMetrics[], from: number): Promise<Made> {
  const wanted = new Map(logged.filter(({ step }) => step > from).map(({ step, values }) => [step, values]));
  let steps = 0;
  for await (const line of createInterface({ input: lines })) {
    const { step, ...values } = JSON.parse(line);
    const was = wanted.get(step);
    if (was === undefined) return { steps, isFinished: false };
    const numbers = changedNumbers(withoutEvaluation(was), values);
    if (numbers.length > 0) return { steps, firstDifference: { step, numbers }, isFinished: false };
    steps++;
  }
  return { steps, isFinished: true };
}

/** A step's line on standard output lacks what a look at held-out data adds to the log. */
const withoutEvaluation = (values: StepValues): StepValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith("eval/")));
