import type { SequenceBatch } from "@cai/contracts";
import { leftPad } from "@cai/rollouts";
import { consecutiveRuns, type Slopes } from "@cai/training";
import { pairsOf } from "./answer-batch.ts";
import { bradleyTerryLoss } from "./bradley-terry-loss.ts";
import { pairCalibrationError } from "./calibration.ts";
import type { RewardSettings } from "./pair-options.ts";
import type { RewardRow } from "./reward-rows.ts";

/** Some pairs of a step, as one pass reads them. */
export interface RewardChunk {
  /** Their 2N texts: all chosen ones, then all rejected ones. */
  readonly batch: SequenceBatch;
  /** `[N]` each. */
  readonly margin: readonly number[];
  readonly probability: readonly number[];
}

/** The scores of some pairs, with what is known of them; `[N]` each. */
export interface ScoredPairs extends Omit<RewardChunk, "batch"> {
  readonly chosen: ArrayLike<number>;
  readonly rejected: ArrayLike<number>;
}

/** Pairs in passes of `size`, in their order. */
export function rewardChunks(pairs: readonly RewardRow[], size: number): RewardChunk[] {
  return consecutiveRuns(pairs.length, size).map((places) => {
    const some = places.map((place) => pairs[place]!);
    return {
      batch: textBatch([...some.map(({ chosenIds }) => chosenIds), ...some.map(({ rejectedIds }) => rejectedIds)]),
      margin: some.map(({ margin }) => margin),
      probability: some.map(({ probability }) => probability),
    };
  });
}

/** Texts as prompts that nothing follows, `[B, P]` and `[B, 1]`. */
export function textBatch(texts: readonly Int32Array[]): SequenceBatch {
  const rows = texts.length;
  return { prompts: leftPad(texts), responses: { ids: new Int32Array(rows), mask: new Uint8Array(rows), shape: [rows, 1] } };
}

/** A pass's scores `[2N]` as those of its pairs. */
export function scoredPairs(scores: Float32Array, { margin, probability }: RewardChunk): ScoredPairs {
  return { ...pairsOf(scores), margin, probability };
}

/** The loss of a pass's pairs as a part of their step's. */
export function rewardChunkLoss(
  scores: Float32Array,
  chunk: RewardChunk,
  { centerRewardsCoefficient }: RewardSettings,
  pairs: number,
): { readonly scored: ScoredPairs; readonly slopes: Slopes } {
  const scored = scoredPairs(scores, chunk);
  const { slopes } = bradleyTerryLoss({ ...scored, centerRewardsCoefficient, pairs });
  return { scored, slopes: { scores: Float32Array.from([...slopes.chosen, ...slopes.rejected]) } };
}

/** All pairs of some passes as one. */
export function joinScored(parts: readonly ScoredPairs[]): ScoredPairs {
  const all = (name: keyof ScoredPairs) => parts.flatMap((part) => Array.from(part[name]));
  return { chosen: all("chosen"), rejected: all("rejected"), margin: all("margin"), probability: all("probability") };
}

/** The loss of some pairs, with TRL's metrics. */
export function rewardTotals(scored: ScoredPairs, { centerRewardsCoefficient }: RewardSettings) {
  const { loss, diagnostics } = bradleyTerryLoss({ ...scored, centerRewardsCoefficient });
  const { accuracy, margin, meanReward, minReward, maxReward } = diagnostics;
  return {
    loss,
    accuracy,
    margin,
    metrics: { loss, accuracy, margin, mean_reward: meanReward, min_reward: minReward, max_reward: maxReward },
  };
}

/** How far σ(chosen − rejected) is from the labels. */
export function calibrationOf({ chosen, rejected, probability }: ScoredPairs): number {
  return pairCalibrationError({ margins: Array.from(chosen, (score, pair) => score - rejected[pair]!), probability });
}
