import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMetrics, type StepMetrics } from "@cai/run-log";
import { hashFile } from "@cai/whole-file";
import { changedNumbers } from "./compare-steps.ts";
import { copyRun } from "./copy-run.ts";
import { CliError } from "./error.ts";
import { makeAgain, type StepDifference } from "./make-again.ts";
import { replayLines } from "./replay-lines.ts";
import { type CommandRun, commandOfRun } from "./run-command-of.ts";
import { print } from "./visible.ts";
import { whatChanged } from "./what-changed.ts";

/** What became of a run that was made again. */
export interface Replay {
  readonly equal: boolean;
  /** Steps that were made and compared. */
  readonly steps: number;
  /** Whether it was made to its end, and its files were compared too. */
  readonly isFinished: boolean;
  /** The first step that came out otherwise, with its numbers. */
  readonly firstDifference?: StepDifference;
  /** Files that came out otherwise, where all numbers are the same. */
  readonly files: readonly string[];
  /** What is not as it was: machine, backend, versions, models, data. */
  readonly changed: Readonly<Record<string, readonly [was: unknown, is: unknown]>>;
}

/** Makes a run again in a temporary folder, says whether it came out the same, and throws CliError `differs` where it didn't. */
export async function replayCommandRun(
  directory: string,
  { from = 0, json }: { readonly from?: number; readonly json?: boolean },
): Promise<void> {
  const replay = await replayRun(directory, { from });
  if (json) print(`${JSON.stringify(replay)}\n`);
  else print(`${replayLines(directory, replay).join("\n")}\n`);
  if (!replay.equal) throw new CliError("differs", `${directory} did not come out the same`);
}

/**
 * Makes a run again from its `config.json`, or from a checkpoint on, and compares it with what its folder holds.
 *
 * @throws CliError `usage` where the folder holds no run of a command, or can't be made again from there
 */
async function replayRun(directory: string, { from }: { readonly from: number }): Promise<Replay> {
  const run = await commandOfRun(directory);
  const logged = await readMetrics(directory);
  refuseChanged(run, from);
  const folder = await mkdtemp(join(tmpdir(), "cai-replay-"));
  const out = join(folder, "run");
  try {
    if (from > 0) await copyRun(directory, from, out);
    const config = join(folder, "config.json");
    await writeFile(config, JSON.stringify(run.config));
    const { steps, isFinished, ...made } = await makeAgain(
      [run.command, "--config", config, "--out", out, ...(from > 0 ? ["--resume"] : []), ...drawsOf(run, directory)],
      logged,
      from,
    );
    const changed = await whatChanged(directory, out);
    const difference = made.firstDifference ?? (await firstDifference(out, logged));
    if (difference !== undefined) return { equal: false, steps, isFinished, firstDifference: difference, files: [], changed };
    const files = isFinished ? await differingFiles(directory, out) : [];
    return { equal: files.length === 0, steps, isFinished, files, changed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A run that drew with older weights is made again with those. */
const drawsOf = ({ config }: CommandRun, directory: string): string[] => (config.staleness ? ["--draws-of", directory] : []);

/** A run whose options were changed on the way was not made with those that it has now until then. */
function refuseChanged({ config }: CommandRun, from: number): void {
  const changes = Array.isArray(config.changes) ? config.changes : [];
  const after = Math.max(0, ...changes.map(({ afterStep }) => Number(afterStep)));
  if (changes.length > 0 && from < after)
    throw new CliError("usage", `the run's options were changed after step ${after}: give --from a checkpoint of that step or a later one`);
}

/** The first step of both logs whose numbers differ, held-out ones too. */
async function firstDifference(out: string, logged: readonly StepMetrics[]): Promise<StepDifference | undefined> {
  const again = new Map((await readMetrics(out)).map(({ step, values }) => [step, values]));
  for (const { step, values } of logged) {
    const made = again.get(step);
    const numbers = made === undefined ? [] : changedNumbers(values, made);
    if (numbers.length > 0) return { step, numbers };
  }
  return undefined;
}

/** Of a run's samples and final model: what is missing on either side or has other bytes. */
async function differingFiles(was: string, is: string): Promise<string[]> {
  const names = await Promise.all(
    [was, is].map(async (run) => (await readdir(join(run, "final")).catch(() => [])).map((name) => join("final", name))),
  );
  const all = ["samples.jsonl", "evaluation-samples.jsonl", ...new Set(names.flat())].sort();
  const hashes = all.map(async (name) => [name, ...(await Promise.all([was, is].map((run) => hashOf(join(run, name)))))]);
  return (await Promise.all(hashes)).flatMap(([name, before, now]) => (before === now ? [] : [name!]));
}

/** One that is missing has none. */
const hashOf = (path: string): Promise<string | undefined> => hashFile(path).catch(() => undefined);
