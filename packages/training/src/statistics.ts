import type { StepReport } from "./stage.ts";

/** Totals of a run so far; plain data, part of a checkpoint. */
export interface TrainingStatistics {
  /** Steps completed. */
  readonly steps: number;
  /** Tokens trained on, each counted once a step. */
  readonly tokens: number;
  readonly seconds: number;
  /** Of trainers that have a reward. */
  readonly bestMeanReward: number | null;
  /** The newest step's metrics; empty before the first step. */
  readonly latest: Readonly<Record<string, number>>;
}

export const noStatistics: TrainingStatistics = { steps: 0, tokens: 0, seconds: 0, bestMeanReward: null, latest: {} };

/** The totals with one more step. */
export function addStep(
  { tokens, seconds, bestMeanReward }: TrainingStatistics,
  report: StepReport & { readonly tokens: number; readonly meanReward?: number },
): TrainingStatistics {
  const { step, metrics, meanReward } = report;
  return {
    steps: step,
    tokens: tokens + report.tokens,
    seconds: seconds + (metrics["time/total"] ?? 0),
    bestMeanReward: meanReward === undefined ? bestMeanReward : Math.max(bestMeanReward ?? Number.NEGATIVE_INFINITY, meanReward),
    latest: metrics,
  };
}
