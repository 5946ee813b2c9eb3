import { relative } from "node:path";
import type { EvaluationReport, RunCallbacks, StepReport } from "@cai/training";
import { interruptible } from "./interrupt.ts";
import type { RunDisplay } from "./run-display.ts";
import { print } from "./visible.ts";

/** A run as a command shows it. */
export interface ShownRun<Report extends StepReport, Evaluation, History> {
  readonly display: RunDisplay;
  /** What was there for signals before it. */
  readonly before: { dispose(): void };
  /** Starts the run. */
  readonly train: (how: { readonly signal: AbortSignal; readonly callbacks: RunCallbacks<Report, Evaluation> }) => Promise<History>;
  /** Steps completed. */
  readonly stepsDone: () => number;
  /** What the bar shows of a step, by name. */
  readonly figures: (report: Report) => Readonly<Record<string, number>>;
  /** What is to be said of a step's numbers. */
  readonly explain?: (metrics: Report["metrics"]) => readonly string[];
  /** What is told of a look at held-out data. */
  readonly evaluated: (evaluation: Evaluation) => string;
}

/**
 * Runs a trainer to its end: the bar, with `json` a line a step on standard output, held-out results and checkpoints told, and a first Ctrl-C
 * that ends the run after a checkpoint.
 *
 * @throws CliError `interrupted`
 */
export async function runTrainer<Report extends StepReport, Evaluation extends EvaluationReport, History>({
  display,
  before,
  train,
  stepsDone,
  figures,
  explain,
  evaluated,
}: ShownRun<Report, Evaluation, History>): Promise<History> {
  const { bar, json, say, notice, terminal } = display;
  const callbacks: RunCallbacks<Report, Evaluation> = {
    onStep: (report) => {
      if (json) print(`${JSON.stringify({ step: report.step, ...report.metrics })}\n`);
      const { "time/total": seconds = Number.NaN, tokens_per_second: tokensPerSecond } = report.metrics;
      bar?.show({ step: report.step, seconds, tokensPerSecond, figures: figures(report) });
      for (const line of explain?.(report.metrics) ?? []) say(line);
    },
    onEvaluation: (evaluation) => say(evaluated(evaluation)),
    onCheckpoint: (directory) => say(terminal.dim(`checkpoint ${relative(process.cwd(), directory)}`)),
    onNotice: notice,
  };
  const ended = () => {
    const steps = stepsDone();
    if (steps === 0) return "before the first step was complete: nothing was written, the same command starts again";
    return `after ${steps} ${steps === 1 ? "step" : "steps"}: the same command with --resume goes on from there`;
  };
  try {
    return await interruptible({ announce: say, ended }, (signal) => {
      before.dispose();
      return train({ signal, callbacks });
    });
  } finally {
    bar?.end();
  }
}
