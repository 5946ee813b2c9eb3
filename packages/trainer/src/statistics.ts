import type { StepResult } from "./step-result.ts";

/** Totals of a run so far; plain data, part of a checkpoint. */
export interface TrainingStatistics {
  /** Steps completed. */
  readonly steps: number;
  /** Response tokens trained on, each counted once. */
  readonly tokens: number;
  readonly seconds: number;
  readonly bestMeanReward: number | null;
  /** The newest step's metrics; empty before the first step. */
  readonly latest: Readonly<Record<string, number>>;
}

export const noStatistics: TrainingStatistics = { steps: 0, tokens: 0, seconds: 0, bestMeanReward: null, latest: {} };

/** The totals with one more step. */
export function addStep(
  statistics: TrainingStatistics,
  { step, meanReward, metrics }: StepResult,
  responseTokens: number,
): TrainingStatistics {
  return {
    steps: step,
    tokens: statistics.tokens + responseTokens,
    seconds: statistics.seconds + (metrics["time/total"] ?? 0),
    bestMeanReward: Math.max(statistics.bestMeanReward ?? Number.NEGATIVE_INFINITY, meanReward),
    latest: metrics,
  };
}
