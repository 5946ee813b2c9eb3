import {
  type Aggregation,
  cispoLoss,
  type Denominators,
  entropyBonus,
  klPenalty,
  type Loss,
  policyLoss,
  sequencePolicyLoss,
} from "@cai/ppo-loss";
import { cispoClipShare, clipShares } from "./clip-shares.ts";
import { type GroupExperience, perSequence } from "./group-experience.ts";
import { type GroupLoss, type GroupNumbers, meansOver } from "./group-loss.ts";
import type { GrpoSettings } from "./grpo-options.ts";
import { logprobSlopes } from "./logprob-slopes.ts";

/** GRPO's loss on some answers, from the numbers of a pass over them. */
export function grpoLoss(numbers: GroupNumbers, experience: GroupExperience, options: GrpoSettings, denominators: Denominators): GroupLoss {
  const means = { ...meansOver(experience, denominators), aggregation: aggregationOf(options, denominators) };
  const surrogate = surrogateLoss(numbers.logprobs, experience, options, means);
  const { refLogprobs } = experience;
  const newLogprobs = numbers.fullLogprobs ?? numbers.logprobs;
  const oldLogprobs = options.unbiasedKl ? (experience.fullLogprobs ?? experience.logprobs) : undefined;
  const klOver = (aggregation: Aggregation) =>
    refLogprobs && klPenalty({ ...means, newLogprobs, refLogprobs, oldLogprobs, estimator: "k3", aggregation });
  const kl = klOver(means.aggregation);
  const bonus = numbers.entropy && entropyBonus({ ...means, aggregation: "token-mean", entropy: numbers.entropy });
  return {
    total: surrogate.loss + options.beta * (kl?.loss ?? 0) - options.entropyCoef * (bonus?.loss ?? 0),
    kl: klOver("token-mean")?.loss,
    entropy: bonus?.loss,
    clipped: clipped(numbers.logprobs, experience, options, denominators),
    slopes: {
      ...logprobSlopes(surrogate.slopes, kl && { weight: options.beta, slopes: kl.slopes }, numbers),
      ...(bonus && { entropy: bonus.slopes.map((slope) => -options.entropyCoef * slope) }),
    },
  };
}

function surrogateLoss(
  newLogprobs: Float32Array,
  experience: GroupExperience,
  { lossType, importanceLevel, epsilon, epsilonHigh }: GrpoSettings,
  means: ReturnType<typeof meansOver> & { readonly aggregation: Aggregation },
): Loss {
  const { logprobs: oldLogprobs, advantages, weights } = experience;
  const given = { ...means, newLogprobs, oldLogprobs, advantages, weights };
  const clipping = { clipLow: epsilon, clipHigh: epsilonHigh || epsilon };
  if (lossType === "cispo") return cispoLoss({ ...given, cap: epsilonHigh || 1 + epsilon });
  if (importanceLevel === "sequence")
    return sequencePolicyLoss({ ...given, ...clipping, advantages: perSequence(advantages, experience), ratio: "mean" });
  return policyLoss({ ...given, ...clipping });
}

function clipped(newLogprobs: Float32Array, experience: GroupExperience, options: GrpoSettings, denominators: Denominators) {
  const { lossType, importanceLevel, epsilon, epsilonHigh } = options;
  if (lossType === "cispo") return cispoClipShare(newLogprobs, experience, denominators, epsilonHigh || 1 + epsilon);
  const level = importanceLevel === "sequence" ? "mean" : "token";
  return clipShares(newLogprobs, experience, denominators, { level, clipLow: epsilon, clipHigh: epsilonHigh || epsilon });
}

/** `grpo`: the mean of each answer's mean. `dapo`, `bnpo`, `cispo`: the mean over the tokens of the optimizer step. `dr_grpo`: by a constant. */
function aggregationOf({ lossType, maxNewTokens }: GrpoSettings, { rows }: Denominators): Aggregation {
  if (lossType === "grpo") return "seq-mean-token-mean";
  if (lossType === "dr_grpo") return { divisor: rows * maxNewTokens };
  return "token-mean";
}
