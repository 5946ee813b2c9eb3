import { maskedMean } from "@cai/gae";
import type { klSummary } from "@cai/kl";
import { explainedVariance } from "@cai/ppo-loss";
import { countTokens, type Experience, type TextRollout } from "./experience.ts";
import type { UpdateStatistics } from "./update.ts";

/** A prompt, what the policy wrote, and its score. */
export interface ScoredSample {
  readonly prompt: string;
  readonly response: string;
  readonly score: number;
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
  /** A line of `metrics.jsonl`, names as in TRL. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The batch's first few rows. */
  readonly samples: readonly ScoredSample[];
}

/** Seconds that the parts of a step took. */
export interface StepSeconds {
  readonly generate: number;
  readonly score: number;
  readonly reference: number;
  readonly train: number;
  readonly total: number;
}

const samplesKept = 4;

/** Gathers a step's numbers under their names. Everything that is a mean over tokens counts valid ones only. */
export function stepResult(given: {
  readonly step: number;
  readonly rollout: TextRollout;
  readonly scores: Float32Array;
  readonly adjustedScores: Float32Array;
  readonly experience: Experience & { readonly nonScoreRewards: Float32Array; readonly rawAdvantages: Float32Array };
  readonly kl: ReturnType<typeof klSummary>;
  readonly klCoefficient: number;
  readonly update: UpdateStatistics;
  readonly learningRate: number;
  readonly seconds: StepSeconds;
}): StepResult {
  const { step, rollout, scores, adjustedScores, kl, update, seconds } = given;
  const rows = scores.length;
  const tokens = countTokens(rollout);
  const meanReward = mean(scores);
  const ended = rollout.finishReasons.filter((reason) => reason === "eos").length;
  return {
    step,
    policyLoss: update.policyLoss,
    valueLoss: update.valueLoss,
    kl: kl.perSequence,
    klPerToken: kl.perToken,
    meanReward,
    meanAdvantage: maskedMean({ x: given.experience.rawAdvantages, mask: rollout.responses.mask }),
    samples: sampleRows(rollout, scores),
    metrics: {
      "objective/kl": kl.perSequence,
      "objective/kl_per_token": kl.perToken,
      "objective/entropy": -sum(given.experience.logprobs) / rows,
      "objective/scores": meanReward,
      "objective/scores_std": deviation(scores),
      "objective/rlhf_reward": mean(adjustedScores) + sum(given.experience.nonScoreRewards) / rows,
      "objective/kl_coef": given.klCoefficient,
      "policy/loss": update.policyLoss,
      "policy/approxkl": update.approxKl,
      "policy/clipfrac": update.clipFraction,
      "policy/ratio": update.ratioMean,
      "policy/ratio_var": update.ratioVariance,
      ...(update.entropy !== undefined && { "policy/entropy": update.entropy }),
      "policy/updates": update.updates,
      "val/loss": update.valueLoss,
      "val/clipfrac": update.valueClipFraction,
      "val/explained_variance": explainedVariance({ ...given.experience, mask: rollout.responses.mask }),
      grad_norm: update.gradientNorm,
      lr: given.learningRate,
      "tokens/response_mean": tokens / rows,
      "tokens/eos_fraction": ended / rows,
      tokens_per_second: tokens / seconds.total,
      "time/generate": seconds.generate,
      "time/score": seconds.score,
      "time/reference": seconds.reference,
      "time/train": seconds.train,
      "time/total": seconds.total,
    },
  };
}

/** The first few rows with their scores. */
export function sampleRows({ promptTexts, responseTexts }: TextRollout, scores: Float32Array, count = samplesKept): ScoredSample[] {
  return promptTexts.slice(0, count).map((prompt, row) => ({ prompt, response: responseTexts[row]!, score: scores[row]! }));
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Of an array without padding. */
export function mean(values: Float32Array): number {
  return sum(values) / values.length;
}

/** Unbiased standard deviation of an array without padding; 0 for a single number. */
export function deviation(values: Float32Array): number {
  if (values.length < 2) return 0;
  const center = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - center) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}
