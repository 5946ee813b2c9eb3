import { markdownTable } from "../table.mjs";
import { percent, signed } from "./figures.ts";
import type { MeasuredCosts } from "./measured-costs.ts";
import { reproductions } from "./reproduce.ts";
import {
  amdahlBound,
  bestRows,
  type Case,
  cases,
  defaultOpenJobs,
  learners,
  partsOf,
  rowsPerJobChoices,
  scenarioOf,
  workerCounts,
} from "./scenarios.ts";
import { simulate } from "./simulate.ts";

const [ahead, lora, full] = ["LoRA, Redis, one step ahead", "LoRA, Redis", "all weights, Redis"].map(
  (name) => cases.find((one) => one.name === name)!,
) as [Case, Case, Case];
const fast = learners[1];

/** How many times as fast as one worker, by learner, case and number of workers. */
export type Gains = readonly (readonly (readonly number[])[])[];

/** What is simulated, by the places of the page. */
export function simulatedTables(measured: MeasuredCosts, gains: Gains): Record<string, string> {
  const found = reproductions(measured);
  const worst = Math.max(...found.map(({ error }) => Math.abs(error)));
  const checked = found.map(({ what, workers, measured: seconds, simulated, error }) => [
    `${what}, ${workers === 1 ? "one worker" : "two workers"}`,
    seconds.toFixed(2),
    simulated.toFixed(2),
    signed(error),
  ]);
  return {
    reproduced: `${markdownTable([["", "measured, s", "simulated, s", "error"], ...checked])}\n\nNone is further off than ${percent(worst)}.`,
    ends: learners.map((learner, index) => `${learnerNames[learner]}:\n\n${endsTable(measured, learner, gains[index]!)}`).join("\n\n"),
    parts: [lora, full].map((one) => `${one.name}:\n\n${partsTable(measured, one)}`).join("\n\n"),
    bandwidth: bandwidthTable(measured),
    rows: rowsTable(measured),
  };
}

export const learnerNames: Readonly<Record<number, string>> = {
  1: "The learner is one thread, as measured",
  16: "The learner is 16 times as fast",
};

function endsTable(measured: MeasuredCosts, learner: number, gains: Gains[number]): string {
  const rows = cases.map((one, index) => {
    const gained = gains[index]!;
    const best = Math.max(...gained);
    const enough = gained.findIndex((value) => value >= 0.95 * best);
    const of = (workers: number) => gained[workerCounts.indexOf(workers)]!.toFixed(2);
    return [one.name, of(2), of(8), of(64), of(256), `${workerCounts[enough]}`, amdahlBound(measured, one, learner).toFixed(1)];
  });
  return markdownTable([["", "2 workers", "8", "64", "256", "95 % of the best at", "the update alone"], ...rows]);
}

function partsTable(measured: MeasuredCosts, one: Case): string {
  const rows = [1, 2, 8, 64, 256].map((workers) => {
    const { rowsPerJob } = bestRows(measured, one, { workers, learner: fast });
    const parts = partsOf(scenarioOf(measured, one, { workers, rowsPerJob, learner: fast }));
    return [
      `${workers}`,
      `${rowsPerJob}`,
      ...[parts.step, parts.update, parts.drawing, parts.waiting, parts.weights, parts.queue].map((seconds) => seconds.toFixed(2)),
    ];
  });
  return markdownTable([["workers", "rows a job", "step, s", "update", "drawing, shared", "the last slices", "weights", "queue"], ...rows]);
}

/** All weights through one server, whose network is what differs; by jobs so small that all workers have one. */
function bandwidthTable(measured: MeasuredCosts): string {
  const rows = [1, 10, 25].map((gigabits) => {
    const seconds = workerCounts.map((workers) => {
      const scenario = scenarioOf(measured, full, { workers, rowsPerJob: 2, learner: fast });
      return simulate({ ...scenario, weights: { ...scenario.weights, bytesPerSecond: (gigabits * 1e9) / 8 } }).stepSeconds;
    });
    const best = Math.min(...seconds);
    return [`${gigabits} Gbit/s`, `${workerCounts[seconds.indexOf(best)]}`, best.toFixed(1), seconds.at(-1)!.toFixed(1)];
  });
  return markdownTable([["network of the server", "fastest with workers", "step then, s", "step with 256, s"], ...rows]);
}

function rowsTable(measured: MeasuredCosts): string {
  const kinds = [lora, ahead];
  const rows = [2, 8, 64].flatMap((workers) =>
    kinds.map((one) => [
      `${workers}${one.staleness > 0 ? ", one step ahead" : ""}`,
      ...[...rowsPerJobChoices, 32].map((rowsPerJob) =>
        simulate(scenarioOf(measured, one, { workers, rowsPerJob, learner: fast, maxOpenJobs: defaultOpenJobs })).stepSeconds.toFixed(1),
      ),
    ]),
  );
  return markdownTable([["workers", ...rowsPerJobChoices.map((count) => `${count} rows a job, s`), "32 rows a job, s"], ...rows]);
}
