import { readFileSync, writeFileSync } from "node:fs";
import { fillPlace } from "../page-tables.mjs";
import { markdownTable } from "../table.mjs";
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
  speedups,
  workerCounts,
} from "./scenarios.ts";
import { simulate } from "./simulate.ts";
import { drawSpeedups } from "./speedup-picture.ts";

const page = new URL("../../../docs/scaling.md", import.meta.url);
const picture = new URL("../../../docs/scaling-workers.svg", import.meta.url);
const measuredFile = new URL("measured.json", import.meta.url);

const [lora, full] = [cases[1]!, cases.at(-1)!];
const fast = learners[1];

/** The page and its picture, with the places filled by what was measured and what is simulated with it. */
export function filledPage(measured: MeasuredCosts): { readonly page: string; readonly picture: string } {
  const gains = learners.map((learner) => cases.map((one) => speedups(measured, one, learner)));
  const texts = { ...measuredTables(measured), ...simulatedTables(measured, gains) };
  const filled = Object.entries(texts).reduce((text, [name, table]) => fillPlace(text, name, table), readFileSync(page, "utf8"));
  return { page: filled, picture: pictureOf(measured, gains) };
}

export function writePage(measured: MeasuredCosts): void {
  const filled = filledPage(measured);
  writeFileSync(measuredFile, `${JSON.stringify(measured, undefined, 2)}\n`);
  writeFileSync(page, filled.page);
  writeFileSync(picture, filled.picture);
}

export function measuredTables(measured: MeasuredCosts): Record<string, string> {
  const { throughput, step, queue, weights, draw, lengths, redisBytesPerSecond } = measured;
  const rates = throughput.map(({ model, rows, rowsPerJob, tokensPerRow, pairs: { firstSeconds, secondSeconds, ratio, ratios } }) => {
    const tokens = rows * tokensPerRow;
    const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    return [
      model,
      `${rows / rowsPerJob} of ${rowsPerJob} rows`,
      (tokens / firstSeconds).toFixed(0),
      (tokens / secondSeconds).toFixed(0),
      ratio.toFixed(2),
      range,
    ];
  });
  const jobs = step.rows / step.rowsPerJob;
  const parts: [string, number][] = [
    ["publishing the adapter", step.publishSeconds],
    ["loading it", step.loadSeconds],
    [`${jobs} jobs through BullMQ and Redis, each there and back`, jobs * queue.roundTripSeconds],
    ["… of which their bytes are written and read", jobs * queue.payloadSeconds],
  ];
  const stored = Object.entries(weights).map(([name, { bytes, pieces, publishSeconds, loadSeconds }]) => [
    name,
    (bytes / 1e6).toFixed(1),
    `${pieces}`,
    publishSeconds.toFixed(2),
    loadSeconds.toFixed(2),
    percent(publishSeconds / step.pairs.secondSeconds, 1),
  ]);
  return {
    machine: `${measured.machine}; measured on ${measured.measuredAt} by \`node tools/bench/workers/measure.mjs --docs\`.`,
    throughput: markdownTable([["model", "jobs", "one, tokens/s", "two, tokens/s", "two over one", "of single pairs"], ...rates]),
    step: `${step.what}: ${step.pairs.secondSeconds.toFixed(2)} s without workers, ${step.pairs.firstSeconds.toFixed(2)} s with one: ${signed(step.pairs.ratio - 1)} in the median of ${step.pairs.ratios.length} pairs (${step.pairs.ratios.map((ratio) => signed(ratio - 1)).join(", ")}).

${markdownTable([["what the engine does in a step", "ms", "of the step"], ...parts.map(([what, seconds]) => [what, (1000 * seconds).toFixed(1), percent(seconds / step.pairs.secondSeconds, 2)])])}`,
    weights: markdownTable([["weights, through", "MB", "pieces", "publish, s", "load, s", "publishing, of the step above"], ...stored]),
    costs: markdownTable([
      ["what is put in", "measured"],
      ["a job's beginning", `${ms(draw.call)} ms, and ${ms(draw.row)} ms a row for its prompt`],
      ["a token of a job", `${ms(draw.token)} ms, and ${ms(draw.rowToken)} ms a row`],
      ["how far calls lie from these", `at most ${percent(draw.worstFit)}; equal calls differ by ${percent(draw.spread)}`],
      [
        "tokens of a response",
        `${Math.min(...lengths)} to ${Math.max(...lengths)}, ${mean(lengths).toFixed(0)} in the mean (${lengths.length} real ones)`,
      ],
      ["scores and reference, a token of the batch", `${ms(step.scoreSeconds / tokensOf(measured))} ms`],
      [
        "update, a token, adapter; all weights",
        `${ms(step.trainSeconds / tokensOf(measured))} ms; ${ms(step.allWeightsTrainSeconds / tokensOf(measured))} ms`,
      ],
      ["a job through the queue, of many", `${ms(queue.jobSeconds)} ms`],
      ["Redis, to all readers together", `${(redisBytesPerSecond / 1e9).toFixed(1)} GB/s on the loopback`],
    ]),
  };
}

/** By learner, case and number of workers. */
type Gains = readonly (readonly (readonly number[])[])[];

function simulatedTables(measured: MeasuredCosts, gains: Gains): Record<string, string> {
  const checked = reproductions(measured).map(({ what, workers, measured: found, simulated, error }) => [
    `${what}, ${workers === 1 ? "one worker" : "two workers"}`,
    found.toFixed(2),
    simulated.toFixed(2),
    signed(error),
  ]);
  return {
    reproduced: markdownTable([["", "measured, s", "simulated, s", "error"], ...checked]),
    ends: learners.map((learner, index) => `${learnerNames[learner]}:\n\n${endsTable(measured, learner, gains[index]!)}`).join("\n\n"),
    parts: [lora, full].map((one) => `${one.name}:\n\n${partsTable(measured, one)}`).join("\n\n"),
    bandwidth: bandwidthTable(measured),
    rows: rowsTable(measured),
  };
}

const learnerNames: Readonly<Record<number, string>> = {
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

/** All weights through one server, whose network is what differs. */
function bandwidthTable(measured: MeasuredCosts): string {
  const rows = [1, 10, 25].map((gigabits) => {
    const seconds = workerCounts.map((workers) => {
      const { rowsPerJob } = bestRows(measured, full, { workers, learner: fast });
      const scenario = scenarioOf(measured, full, { workers, rowsPerJob, learner: fast });
      return simulate({ ...scenario, weights: { ...scenario.weights, bytesPerSecond: (gigabits * 1e9) / 8 } }).stepSeconds;
    });
    const best = Math.min(...seconds);
    return [`${gigabits} Gbit/s`, `${workerCounts[seconds.indexOf(best)]}`, best.toFixed(1), seconds.at(-1)!.toFixed(1)];
  });
  return markdownTable([["network of the server", "fastest with workers", "step then, s", "step with 256, s"], ...rows]);
}

function rowsTable(measured: MeasuredCosts): string {
  const kinds = [lora, cases[0]!];
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

const looks: readonly { readonly color: string; readonly dashes?: string }[] = [
  { color: "#2f9e5a", dashes: "6 3" },
  { color: "#2f9e5a" },
  { color: "#d08a1d" },
  { color: "#d1495b", dashes: "6 3" },
  { color: "#d1495b" },
];

function pictureOf(measured: MeasuredCosts, gains: Gains): string {
  const panels = learners.map((learner, place) => ({
    title: learnerNames[learner]!,
    bound: amdahlBound(measured, lora, learner),
    curves: cases.map((one, index) => ({ name: one.name, values: gains[place]![index]!, ...looks[index]! })),
  }));
  return drawSpeedups({ workers: workerCounts, panels });
}

const tokensOf = ({ step, promptTokens }: MeasuredCosts): number => step.rows * (promptTokens + step.tokensPerRow);
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const ms = (seconds: number): string => (1000 * seconds).toFixed(2);
const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;
const signed = (share: number): string => `${share < 0 ? "−" : "+"}${(100 * Math.abs(share)).toFixed(1)} %`;
