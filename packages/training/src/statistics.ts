import { isCount, stateNumbers } from "./check-state.ts";
import { TrainingError } from "./error.ts";
import type { Json, StepReport } from "./stage.ts";
import { restoreMetrics, type StoredMetrics, storeMetrics } from "./stored-metrics.ts";

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

/** As JSON, which has no NaN. */
export function storedStatistics({ latest, ...totals }: TrainingStatistics): { readonly [name: string]: Json } {
  return { ...totals, latest: storeMetrics(latest) };
}

/** @throws TrainingError `invalid-state` for what `storedStatistics` does not give. */
export function restoreStatistics(stored: Json | undefined): TrainingStatistics {
  const totals = stateNumbers("statistics", stored, ["steps", "tokens", "seconds"]);
  const { bestMeanReward = null, latest } = stored as { readonly [name: string]: Json };
  const refuse = (what: string): never => {
    throw new TrainingError("invalid-state", what);
  };
  if (!isCount(totals.steps)) refuse(`statistics.steps is ${totals.steps}; expected a whole number from 0 on`);
  if (bestMeanReward !== null && typeof bestMeanReward !== "number") refuse("statistics.bestMeanReward is neither a number nor null");
  if (typeof latest !== "object" || latest === null || Array.isArray(latest)) return refuse("statistics.latest is no object");
  for (const [name, value] of Object.entries(latest))
    if (value !== null && typeof value !== "number") refuse(`statistics.latest[${JSON.stringify(name)}] is neither a number nor null`);
  return { ...totals, bestMeanReward: bestMeanReward as number | null, latest: restoreMetrics(latest as StoredMetrics) };
}
