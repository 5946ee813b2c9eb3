import { countValid, rowLengths } from "@cai/contracts";
import { policyDiagnostics } from "@cai/ppo-loss";
import { deviation, mean, partMetrics, type ScoredSample, sampleRows, type TextRollout } from "@cai/rollouts";
import type { ChunkLoss, FailedStep } from "@cai/training";
import { batchRows } from "./batch-rows.ts";
import { hasEqualScores } from "./equal-scores.ts";
import type { GroupExperience } from "./group-experience.ts";
import type { GroupLoss, GroupNumbers } from "./group-loss.ts";
import { sampledEntropy } from "./sampled-entropy.ts";

/** What a step of a trainer without a value model did. */
export interface GroupStepResult {
  /** Counted from 1. */
  readonly step: number;
  readonly meanReward: number;
  /** Mean over tokens of the KL to the reference, in nats; NaN without one. */
  readonly klPerToken: number;
  /** Response tokens. */
  readonly tokens: number;
  /** A line of `metrics.jsonl`, names as in TRL. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The batch's first few rows. */
  readonly samples: readonly ScoredSample[];
  /** Mean over tokens of −log-probability: an estimate of the entropy, in nats. */
  readonly entropyPerToken: number;
  /** In every group all scores are the same; of answers that are not compared in groups, all of the step's. */
  readonly equalScores: boolean;
  /** An update that was not made, as its loss or gradient was not finite. */
  readonly failed: FailedStep | undefined;
}

/** Of an optimizer step: its loss, and how far the policy has moved. */
export function measureGroupUpdate(losses: readonly ChunkLoss<GroupNumbers, GroupLoss>[], experience: GroupExperience) {
  const newLogprobs = Float32Array.from(losses.flatMap(({ numbers }) => [...numbers.logprobs]));
  const { advantages } = experience;
  const { mask } = experience.responses;
  const given = { newLogprobs, oldLogprobs: experience.logprobs, mask };
  const sum = (term: (loss: GroupLoss) => number | undefined) =>
    losses.some((loss) => term(loss) === undefined) ? undefined : losses.reduce((total, loss) => total + term(loss)!, 0);
  const clipped = Object.fromEntries(
    Object.keys(losses[0]!.clipped).map((name) => [name, losses.reduce((total, loss) => total + loss.clipped[name]!, 0)]),
  );
  const { approxKl, ratioMean } = policyDiagnostics({ ...given, advantages });
  return {
    loss: sum(({ total }) => total)!,
    kl: sum(({ kl }) => kl),
    entropy: sum(({ entropy }) => entropy),
    "policy/approxkl": approxKl,
    "policy/ratio": ratioMean,
    ...clipped,
  };
}

/** Gathers a step's numbers under TRL's names. */
export function groupStepResult(given: {
  readonly step: number;
  readonly rollout: TextRollout;
  readonly scores: Float32Array;
  /** What they are made of, by name. */
  readonly scoreParts: Readonly<Record<string, Float32Array>>;
  readonly experience: GroupExperience;
  /** `[groups]`. */
  readonly groupDeviations: Float32Array;
  readonly redrawn: number;
  /** Means over the optimizer steps, by name. */
  readonly update: Readonly<Partial<Record<string, number>>>;
  readonly updates: number;
  readonly failed: Omit<FailedStep, "rows"> | undefined;
  readonly learningRate: number;
  readonly seconds: Readonly<Record<"time/total", number>>;
  /** What the generator tells of the step. */
  readonly generatorMetrics: Readonly<Record<string, number>>;
}): GroupStepResult {
  const { step, rollout, scores, scoreParts, experience, groupDeviations, redrawn, update, updates, failed, learningRate, seconds } = given;
  const { mask, shape } = rollout.responses;
  const lengths = rowLengths(mask, shape);
  const tokens = countValid(mask);
  const entropyPerToken = sampledEntropy(experience.logprobs, experience.responses.mask);
  const groupSize = scores.length / groupDeviations.length;
  const cut = rollout.finishReasons.filter((reason) => reason === "length").length;
  return {
    step,
    meanReward: mean(scores),
    klPerToken: update.kl ?? Number.NaN,
    tokens,
    samples: sampleRows(rollout, { scores, parts: scoreParts }),
    entropyPerToken,
    equalScores: hasEqualScores(scores, groupSize > 1 ? groupSize : scores.length),
    failed: failed && { ...failed, rows: failedRows(rollout, scores, experience) },
    metrics: {
      reward: mean(scores),
      reward_std: deviation(scores),
      ...shareOfEqualGroups(scores, groupDeviations),
      "rewards/reward/mean": mean(scores),
      "rewards/reward/std": deviation(scores),
      ...partMetrics(scoreParts),
      "completions/mean_length": tokens / shape[0],
      "completions/min_length": Math.min(...lengths),
      "completions/max_length": Math.max(...lengths),
      "completions/clipped_ratio": cut / shape[0],
      "groups/redrawn": redrawn,
      "objective/entropy_per_token": entropyPerToken,
      ...(update as Record<string, number>),
      "policy/updates": updates,
      lr: learningRate,
      tokens_per_second: tokens / seconds["time/total"],
      ...seconds,
      ...given.generatorMetrics,
    },
  };
}

/** What the step learned from. */
function failedRows(
  rollout: TextRollout,
  scores: Float32Array,
  { responses, logprobs, refLogprobs, advantages, weights }: GroupExperience,
) {
  return batchRows(rollout, scores, { ofTokens: { mask: responses.mask, logprobs, refLogprobs, advantages, weights } });
}

/** Nothing of answers that are not compared in groups. */
function shareOfEqualGroups(scores: Float32Array, groupDeviations: Float32Array): Readonly<Record<string, number>> {
  if (groupDeviations.length === scores.length) return {};
  return { frac_reward_zero_std: groupDeviations.filter((spread) => spread === 0).length / groupDeviations.length };
}
