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
import type { Slopes } from "@cai/training";
import { type GroupExperience, meansOver, perToken } from "./group-experience.ts";
import type { GrpoSettings } from "./grpo-options.ts";
import { logprobSlopes } from "./logprob-slopes.ts";

/** What a pass gives: `[B, T]` each; `entropy` only with an entropy bonus, `fullLogprobs` where `logprobs` are over kept tokens and there is a KL. */
export type GroupNumbers = { readonly logprobs: Float32Array; readonly fullLogprobs?: Float32Array; readonly entropy?: Float32Array };

/** The loss of some answers and its parts. */
export interface GroupLoss {
  readonly total: number;
  /** Mean of the estimator k3 over valid tokens; only with a reference. */
  readonly kl: number | undefined;
  readonly entropy: number | undefined;
  readonly slopes: Slopes;
}

/** GRPO's loss on some answers, from the numbers of a pass over them. */
export function grpoLoss(numbers: GroupNumbers, experience: GroupExperience, options: GrpoSettings, denominators: Denominators): GroupLoss {
  const means = { ...meansOver(experience, denominators), aggregation: aggregationOf(options, denominators) };
  const surrogate = surrogateLoss(numbers.logprobs, experience, options, means);
  const { refLogprobs } = experience;
  const kl = refLogprobs && klPenalty({ ...means, newLogprobs: numbers.fullLogprobs ?? numbers.logprobs, refLogprobs, estimator: "k3" });
  const bonus = numbers.entropy && entropyBonus({ ...means, aggregation: "token-mean", entropy: numbers.entropy });
  return {
    total: surrogate.loss + options.beta * (kl?.loss ?? 0) - options.entropyCoef * (bonus?.loss ?? 0),
    kl: kl?.loss,
    entropy: bonus?.loss,
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
  const given = { ...means, newLogprobs, oldLogprobs, weights };
  const clipping = { clipLow: epsilon, clipHigh: epsilonHigh || epsilon };
  if (lossType === "cispo") return cispoLoss({ ...given, advantages: perToken(advantages, experience), cap: epsilonHigh || 1 + epsilon });
  if (importanceLevel === "sequence") return sequencePolicyLoss({ ...given, ...clipping, advantages, ratio: "mean" });
  return policyLoss({ ...given, ...clipping, advantages: perToken(advantages, experience) });
}

/** `grpo`: the mean of each answer's mean. `dapo`, `bnpo`, `cispo`: the mean over the tokens of the optimizer step. `dr_grpo`: by a constant. */
function aggregationOf({ lossType, maxNewTokens }: GrpoSettings, { rows }: Denominators): Aggregation {
  if (lossType === "grpo") return "seq-mean-token-mean";
  if (lossType === "dr_grpo") return { divisor: rows * maxNewTokens };
  return "token-mean";
}
