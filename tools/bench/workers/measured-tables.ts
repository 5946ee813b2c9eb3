import { median } from "../median.mjs";
import { markdownTable } from "../table.mjs";
import { ms, percent, signed } from "./figures.ts";
import type { MeasuredCosts } from "./measured-costs.ts";

/** What was measured, by the places of the page. */
export function measuredTables(measured: MeasuredCosts): Record<string, string> {
  const { throughput, step, queue, weights, draw, lengths, redisBytesPerSecond } = measured;
  const rates = throughput.map(({ model, rows, rowsPerJob, tokensPerRow, pairs, machineShare }) => {
    const [one, two] = [pairs.firstSeconds, pairs.secondSeconds].map((seconds) => ((rows * tokensPerRow) / seconds).toFixed(0));
    const range = `${Math.min(...pairs.ratios).toFixed(2)} to ${Math.max(...pairs.ratios).toFixed(2)}`;
    return [model, `${rows / rowsPerJob} of ${rowsPerJob} rows`, one!, two!, pairs.ratio.toFixed(2), range, machineShare.toFixed(2)];
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
    throughput: markdownTable([
      ["model", "jobs", "one, tokens/s", "two, tokens/s", "two over one", "of single pairs", "without an engine"],
      ...rates,
    ]),
    step: `${step.what}: ${step.pairs.secondSeconds.toFixed(2)} s without workers, ${step.pairs.firstSeconds.toFixed(2)} s with one. Generating takes
${step.workerGenerateSeconds.toFixed(2)} s instead of ${step.generateSeconds.toFixed(2)} s, **${signed(median(step.overheads))} of the step** in the median of ${step.overheads.length} pairs (${step.overheads.map(signed).join(", ")}); all else is the same work in both.

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

const tokensOf = ({ step, promptTokens }: MeasuredCosts): number => step.rows * (promptTokens + step.tokensPerRow);
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
