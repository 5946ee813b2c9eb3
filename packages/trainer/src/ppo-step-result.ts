import { countValid, type Shape2D } from "@cai/contracts";
import { maskedMean } from "@cai/gae";
import type { klSummary } from "@cai/kl";
import { explainedVariance, type ImportanceCorrection } from "@cai/ppo-loss";
import { deviation, mean, partMetrics, type ScoredSample, sampleRows, type TextRollout } from "@cai/rollouts";
import type { FailedStep } from "@cai/training";
import { batchRows } from "./batch-rows.ts";
import { hasEqualScores } from "./equal-scores.ts";
import type { Experience } from "./experience.ts";
import type { UpdateMeasures } from "./ppo-measure.ts";
import { sampledEntropy } from "./sampled-entropy.ts";
import { samplingMismatch } from "./sampling-mismatch.ts";

/** Scores and both models' log-probabilities of a batch: what token rewards are made of. */
export interface RewardInputs {
  /** `[B]`. */
  readonly scores: Float32Array;
  readonly logprobs: Float32Array;
  readonly refLogprobs: Float32Array;
  /** `[B, T]`, with klEstimator "full" only. */
  readonly exactKl?: Float32Array | undefined;
  readonly mask: Uint8Array;
  readonly shape: Shape2D;
}

/** What a step did. Losses and diagnostics are means over its optimizer steps, everything else is measured before the first of them. */
export interface StepResult {
  /** Counted from 1. */
  readonly step: number;
  readonly policyLoss: number;
  readonly valueLoss: number;
  /** Mean over the rows of Σ kl, in nats: `objective/kl`. */
  readonly kl: number;
  /** Σ kl / Σ mask. */
  readonly klPerToken: number;
  /** Of the reward model's own scores, before any penalty, scaling or clipping. */
  readonly meanReward: number;
  /** Of the raw advantages, before whitening, over valid tokens. */
  readonly meanAdvantage: number;
  /** Response tokens. */
  readonly tokens: number;
  /** A line of `metrics.jsonl`, names as in TRL. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The batch's first few rows. */
  readonly samples: readonly ScoredSample[];
  /** Mean over tokens of −log-probability: an estimate of the entropy, in nats. */
  readonly entropyPerToken: number;
  /** All of the batch's scores are the same. */
  readonly equalScores: boolean;
  /** An update that was not made, as its loss or gradient was not finite. */
  readonly failed: FailedStep | undefined;
}

/** Gathers a step's numbers under their names. Everything that is a mean over tokens counts valid ones only. */
export function stepResult(given: {
  readonly step: number;
  readonly rollout: TextRollout;
  readonly scores: Float32Array;
  /** What they are made of, by name. */
  readonly scoreParts: Readonly<Record<string, Float32Array>>;
  readonly adjustedScores: Float32Array;
  /** With the rewards of tokens, the part of them that is no score, and advantages before whitening; `[B, T]` each. */
  readonly experience: Experience & Readonly<Record<"rewards" | "nonScoreRewards" | "rawAdvantages", Float32Array>>;
  readonly kl: ReturnType<typeof klSummary>;
  readonly klCoefficient: number;
  /** Means over the optimizer steps, and their number: less than epochs × minibatches where the KL limit ended them. */
  readonly update: Partial<UpdateMeasures> & { readonly grad_norm?: number };
  readonly updates: number;
  readonly failed: Omit<FailedStep, "rows"> | undefined;
  /** The value model was trained alone. */
  readonly valueOnly: boolean;
  readonly learningRate: number;
  readonly importance: { readonly correction: ImportanceCorrection; readonly cap: number };
  /** `time/…`. */
  readonly seconds: Readonly<Record<"time/total", number>>;
  /** What the generator tells of the step. */
  readonly generatorMetrics: Readonly<Record<string, number>>;
}): StepResult {
  const { step, rollout, scores, scoreParts, adjustedScores, experience, kl, seconds, update, failed } = given;
  const rows = scores.length;
  const tokens = countValid(rollout.responses.mask);
  const meanReward = mean(scores);
  const entropyPerToken = sampledEntropy(experience.logprobs, rollout.responses.mask);
  const ended = rollout.finishReasons.filter((reason) => reason !== "length").length;
  return {
    step,
    policyLoss: update.policyLoss ?? 0,
    valueLoss: update.valueLoss ?? 0,
    tokens,
    kl: kl.perSequence,
    klPerToken: kl.perToken,
    meanReward,
    meanAdvantage: maskedMean({ x: experience.rawAdvantages, mask: rollout.responses.mask }),
    samples: sampleRows(rollout, { scores, parts: scoreParts }),
    entropyPerToken,
    equalScores: hasEqualScores(scores),
    failed: failed && { ...failed, rows: failedRows(rollout, experience, { scores, adjustedScores }) },
    metrics: {
      "objective/kl": kl.perSequence,
      "objective/kl_per_token": kl.perToken,
      "objective/entropy": -sum(experience.logprobs) / rows,
      "objective/entropy_per_token": entropyPerToken,
      "objective/scores": meanReward,
      "objective/scores_std": deviation(scores),
      ...partMetrics(scoreParts),
      "objective/rlhf_reward": mean(adjustedScores) + sum(experience.nonScoreRewards) / rows,
      "objective/kl_coef": given.klCoefficient,
      "policy/loss": update.policyLoss ?? 0,
      "policy/approxkl": update.approxKl ?? 0,
      "policy/clipfrac": update.clipFraction ?? 0,
      "policy/ratio": update.ratioMean ?? 0,
      "policy/ratio_var": update.ratioVariance ?? 0,
      ...(update.entropy !== undefined && { "policy/entropy": update.entropy }),
      "policy/updates": given.valueOnly ? 0 : given.updates,
      "val/loss": update.valueLoss ?? 0,
      "val/updates": given.updates,
      "val/clipfrac": update.valueClipFraction ?? 0,
      "val/explained_variance": explainedVariance({ ...experience, mask: rollout.responses.mask }),
      grad_norm: update.grad_norm ?? 0,
      lr: given.valueOnly ? 0 : given.learningRate,
      ...samplingMismatch(experience, experience.logprobs, given.importance).metrics,
      "tokens/response_mean": tokens / rows,
      "tokens/eos_fraction": ended / rows,
      tokens_per_second: tokens / seconds["time/total"],
      ...seconds,
      ...given.generatorMetrics,
    },
  };
}

/** What the step learned from. */
function failedRows(
  rollout: TextRollout,
  { rewards, logprobs, refLogprobs, values, advantages, returns }: Parameters<typeof stepResult>[0]["experience"],
  { scores, adjustedScores }: Readonly<Record<"scores" | "adjustedScores", Float32Array>>,
): object[] {
  const ofTokens = { rewards, logprobs, refLogprobs, values, advantages, returns };
  return batchRows(rollout, scores, { ofRows: { adjustedScore: adjustedScores }, ofTokens });
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
