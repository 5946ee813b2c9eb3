import { type Denominators, sequencePolicyLoss } from "@cai/ppo-loss";
import { clipShares } from "./clip-shares.ts";
import { type GroupExperience, perSequence } from "./group-experience.ts";
import { type GroupLoss, type GroupNumbers, meansOver } from "./group-loss.ts";
import type { RlooSettings } from "./rloo-options.ts";

/** RLOO's loss on some answers: the clipped surrogate of whole answers, its mean over them. */
export function rlooLoss(numbers: GroupNumbers, experience: GroupExperience, options: RlooSettings, denominators: Denominators): GroupLoss {
  const { logprobs: oldLogprobs, advantages, weights } = experience;
  const clipping = { clipLow: options.epsilon, clipHigh: options.epsilonHigh || options.epsilon };
  const { loss, slopes } = sequencePolicyLoss({
    ...meansOver(experience, denominators),
    aggregation: "seq-mean-token-mean",
    newLogprobs: numbers.logprobs,
    oldLogprobs,
    advantages: perSequence(advantages, experience),
    weights,
    ratio: "sum",
    ...clipping,
  });
  const clipped = clipShares(numbers.logprobs, experience, denominators, { level: "sum", ...clipping });
  return { total: loss, kl: undefined, entropy: undefined, clipped, slopes: { logprobs: slopes } };
}
