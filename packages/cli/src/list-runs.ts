import { relative, resolve } from "node:path";
import { findRuns, type RunSummary, summarizeRun } from "@cai/dashboard";
import { readMetrics } from "@cai/run-log";
import { signed } from "./samples-table.ts";
import { tableLines } from "./table-lines.ts";
import { print } from "./visible.ts";

/** A run's line: the summary, its name below the folder, and how long its steps took. */
export interface ListedRun extends RunSummary {
  readonly name: string;
  /** The time of all steps, in seconds; undefined where they don't tell. */
  readonly seconds: number | undefined;
}

/** Prints the runs below a folder: the one that was written last comes last. */
export async function listRuns(folder: string, { json }: { readonly json?: boolean }): Promise<void> {
  const found = (await findRuns(folder)).map(async (directory): Promise<ListedRun> => {
    const [summary, seconds] = await Promise.all([summarizeRun(directory), secondsOf(directory)]);
    return { name: relative(resolve(folder), directory) || folder, ...summary, seconds };
  });
  const runs = (await Promise.all(found)).sort((a, b) => a.updatedAt - b.updatedAt);
  if (json) print(runs.map((run) => `${JSON.stringify({ ...run, updatedAt: new Date(run.updatedAt).toISOString() })}\n`).join(""));
  else print(`${runsTable(runs, Date.now()).join("\n")}\n`);
}

/** Lines for people, below headings. */
export function runsTable(runs: readonly ListedRun[], now: number): string[] {
  if (runs.length === 0) return ["no run is here: one is known by its metrics.jsonl, which the first step writes"];
  const headings = ["run", "algorithm", "model", "steps", "reward", "kl/token", "loss", "time", "state", "last step"];
  const rows = runs.map((run) => [
    run.name,
    run.algorithm ?? "",
    run.policy ?? "",
    run.steps === undefined ? `${run.step}` : `${run.step}/${run.steps}`,
    run.reward === undefined ? "" : signed(run.reward),
    run.klPerToken?.toFixed(4).replace("-", "−") ?? "",
    run.loss?.toFixed(3).replace("-", "−") ?? "",
    run.seconds === undefined ? "" : duration(run.seconds),
    run.state,
    run.updatedAt === 0 ? "" : `${duration(Math.max(0, now - run.updatedAt) / 1000)} ago`,
  ]);
  return tableLines([headings, ...rows], { right: ["steps", "reward", "kl/token", "loss", "time", "last step"] });
}

async function secondsOf(directory: string): Promise<number | undefined> {
  const times = (await readMetrics(directory)).map(({ values }) => values["time/total"]).filter((value) => value !== undefined);
  return times.length === 0 ? undefined : times.reduce((sum, value) => sum + value, 0);
}

/** `42 s`, `12 min`, `3.4 h`, `5 days`. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86400)} days`;
}
