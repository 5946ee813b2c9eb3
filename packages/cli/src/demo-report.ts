import type { Evaluation, StepResult, TrainingHistory } from "@cai/trainer";
import { demoSettings } from "./demo-settings.ts";
import { formatSeconds } from "./progress-bar.ts";
import { samplesTable, signed } from "./samples-table.ts";
import type { Terminal } from "./terminal.ts";
import { plotLine, sideBySide } from "./terminal-plot.ts";
import { wrapText } from "./wrap-text.ts";

/** What the demo did, and what it took. */
export interface DemoOutcome {
  readonly history: Pick<TrainingHistory<StepResult, Evaluation>, "steps" | "evaluations">;
  /** tfjs's own name of it. */
  readonly backend: string;
  readonly setupSeconds: number;
  readonly trainSeconds: number;
  readonly peakRssBytes: number;
  readonly out: string;
}

/** The demo's last line. Rewards are means over the same held-out prompts, answered with the same draws. */
export function demoResult({ history, backend, setupSeconds, trainSeconds, peakRssBytes, out }: DemoOutcome) {
  const [before, after] = [history.evaluations.at(0)!, history.evaluations.at(-1)!];
  return {
    backend,
    steps: history.steps.length,
    rewardBefore: before.meanScore,
    rewardAfter: after.meanScore,
    rewardStdBefore: before.stdScore,
    klPerToken: after.klPerToken,
    setupSeconds,
    trainSeconds,
    peakRssBytes,
    out,
  };
}

/** What is shown before the last line: samples, curves, the result in words. */
export function demoReport(outcome: DemoOutcome, terminal: Terminal): string[] {
  const { steps, evaluations } = outcome.history;
  const [before, after] = [evaluations.at(0)!, evaluations.at(-1)!];
  const shown = demoSettings.shownSamples;
  const curve = (title: string, metric: string): string[] =>
    plotLine({ title, values: steps.map(({ metrics }) => metrics[metric]!), width: Math.floor((terminal.columns - 3) / 2) });
  return [
    "",
    `The first ${shown} held-out prompts, with the reward of each answer:`,
    "",
    ...samplesTable(before.samples.slice(0, shown), after.samples.slice(0, shown), terminal),
    "",
    ...sideBySide(
      curve("mean reward of the training batch", "objective/scores"),
      curve("KL from the start, nats a token", "objective/kl_per_token"),
      terminal.columns,
    ),
    "",
    ...wrapText(resultInWords(outcome), terminal.columns).map(terminal.bold),
    terminal.dim(`metrics, samples, checkpoints and the trained policy: ${outcome.out}`),
    terminal.dim(`its last step, token by token:  npx @cai/cli inspect ${outcome.out} --step ${steps.length} --page`),
    terminal.dim(`the same run once more, to the last bit:  npx @cai/cli replay ${outcome.out}`),
    "",
  ];
}

function resultInWords(outcome: DemoOutcome): string {
  const { rewardBefore, rewardAfter, rewardStdBefore, klPerToken, steps, trainSeconds } = demoResult(outcome);
  const deviations = (rewardAfter - rewardBefore) / rewardStdBefore;
  const prompts = outcome.history.evaluations[0]!.samples.length;
  const verb = rewardAfter > rewardBefore ? "rose" : "did not rise: it went";
  const inDeviations = Number.isFinite(deviations) ? ` (${signed(deviations)} standard deviations)` : "";
  return (
    `After ${steps} steps in ${formatSeconds(trainSeconds)}, the mean reward on ${prompts} prompts that training never saw ${verb} from ` +
    `${signed(rewardBefore)} to ${signed(rewardAfter)}${inDeviations}, ${klPerToken.toFixed(2)} nats a token away from where it started.`
  );
}
