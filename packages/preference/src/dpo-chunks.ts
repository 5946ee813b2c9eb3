import type { SequenceBatch } from "@cai/contracts";
import { completionBatch } from "@cai/rollouts";
import { consecutiveRuns, type Slopes } from "@cai/training";
import { answersOf, pairsOf, slopesOfTokens, sumsOfRows } from "./answer-batch.ts";
import { type DpoLogps, dpoLoss } from "./dpo-loss.ts";
import type { DpoRow } from "./dpo-rows.ts";
import type { DpoSettings } from "./pair-options.ts";

/** Some pairs of a step, as one pass reads them. */
export interface DpoChunk {
  /** Their 2N answers: all chosen ones, then all rejected ones. */
  readonly batch: SequenceBatch;
  /** `[N]` each. */
  readonly refChosen: readonly number[];
  readonly refRejected: readonly number[];
  readonly probability: readonly number[];
}

/** What the loss of some pairs is made of. */
export interface DpoNumbers extends DpoLogps {
  readonly chosenTokens: ArrayLike<number>;
  readonly rejectedTokens: ArrayLike<number>;
  readonly probability: ArrayLike<number>;
}

/** Pairs in passes of `size`, in their order. */
export function dpoChunks(pairs: readonly DpoRow[], reference: Pick<DpoChunk, "refChosen" | "refRejected">, size: number): DpoChunk[] {
  return consecutiveRuns(pairs.length, size).map((places) => {
    const some = places.map((place) => pairs[place]!);
    return {
      batch: completionBatch(answersOf(some)),
      refChosen: places.map((place) => reference.refChosen[place]!),
      refRejected: places.map((place) => reference.refRejected[place]!),
      probability: some.map(({ probability }) => probability),
    };
  });
}

/** A pass's log-probabilities `[2N, T]` as those of its pairs. */
export function dpoNumbers(logprobs: Float32Array, { batch, ...known }: DpoChunk): DpoNumbers {
  const { mask, shape } = batch.responses;
  const tokens = pairsOf(sumsOfRows(mask, shape));
  return { ...known, ...pairsOf(sumsOfRows(logprobs, shape)), chosenTokens: tokens.chosen, rejectedTokens: tokens.rejected };
}

/** The loss of a pass's pairs as a part of their step's, and its slopes by token. */
export function dpoChunkLoss(
  logprobs: Float32Array,
  chunk: DpoChunk,
  options: DpoSettings,
  pairs: number,
): { readonly pairNumbers: DpoNumbers; readonly slopes: Slopes } {
  const pairNumbers = dpoNumbers(logprobs, chunk);
  const { slopes } = dpoLoss({ ...pairNumbers, ...lossOptions(options), pairs });
  return { pairNumbers, slopes: { logprobs: slopesOfTokens([...slopes.chosen, ...slopes.rejected], chunk.batch) } };
}

/** The loss of all pairs of some passes, with TRL's metrics. */
export function dpoTotals(parts: readonly DpoNumbers[], options: DpoSettings) {
  const all = (name: keyof DpoNumbers) => parts.flatMap((part) => Array.from(part[name]));
  const { loss, diagnostics } = dpoLoss({
    chosen: all("chosen"),
    rejected: all("rejected"),
    refChosen: all("refChosen"),
    refRejected: all("refRejected"),
    chosenTokens: all("chosenTokens"),
    rejectedTokens: all("rejectedTokens"),
    probability: all("probability"),
    ...lossOptions(options),
  });
  return {
    loss,
    accuracy: diagnostics.rewardAccuracy,
    margin: diagnostics.rewardMargin,
    metrics: {
      loss,
      "rewards/chosen": diagnostics.chosenReward,
      "rewards/rejected": diagnostics.rejectedReward,
      "rewards/margins": diagnostics.rewardMargin,
      "rewards/accuracies": diagnostics.rewardAccuracy,
      "logps/chosen": diagnostics.chosenLogps,
      "logps/rejected": diagnostics.rejectedLogps,
    },
  };
}

function lossOptions({ lossType, beta, labelSmoothing }: DpoSettings) {
  return { lossType, beta, labelSmoothing };
}
