import { type Denominators, klPenalty, policyLoss } from "@cai/ppo-loss";
import { clipShares } from "./clip-shares.ts";
import type { GroupExperience } from "./group-experience.ts";
import { type GroupLoss, type GroupNumbers, meansOver } from "./group-loss.ts";
import { logprobSlopes } from "./logprob-slopes.ts";
import type { ReinforcePlusPlusSettings } from "./reinforce-plus-plus-options.ts";

/** REINFORCE++'s loss on some answers: the clipped surrogate of single tokens, its mean over them, and the KL where it acts in the loss. */
export function reinforcePlusPlusLoss(
  numbers: GroupNumbers,
  experience: GroupExperience,
  { epsilon, epsilonHigh, beta, klPlacement }: ReinforcePlusPlusSettings,
  denominators: Denominators,
): GroupLoss {
  const means = meansOver(experience, denominators);
  const newLogprobs = numbers.logprobs;
  const { logprobs: oldLogprobs, refLogprobs, advantages, weights } = experience;
  const clipping = { clipLow: epsilon, clipHigh: epsilonHigh || epsilon };
  const surrogate = policyLoss({ ...means, ...clipping, newLogprobs, oldLogprobs, advantages, weights });
  const clipped = clipShares(newLogprobs, experience, denominators, { level: "token", ...clipping });
  if (klPlacement === "reward" || refLogprobs === undefined)
    return { total: surrogate.loss, kl: undefined, entropy: undefined, clipped, slopes: { logprobs: surrogate.slopes } };
  const kl = klPenalty({ ...means, newLogprobs: numbers.fullLogprobs ?? newLogprobs, refLogprobs, estimator: "k2" });
  return {
    total: surrogate.loss + beta * kl.loss,
    kl: kl.loss,
    entropy: undefined,
    clipped,
    slopes: logprobSlopes(surrogate.slopes, { weight: beta, slopes: kl.slopes }, numbers),
  };
}
