import { groupAdvantages } from "@cai/gae";
import { deviation, mean } from "@cai/rollouts";
import { type Comparison, compareNumbers } from "../compare.ts";
import { floats } from "../golden-json.ts";
import { tolerances } from "../tolerances.ts";
import type { GroupAdvantagesCase } from "./group-file.ts";
import { resolvedGrpo } from "./group-options.ts";
import type { GroupAlgorithm } from "./group-updates.ts";

/** Advantages from rewards, and what is logged of the rewards. */
export function compareGroupAdvantages(algorithm: GroupAlgorithm, { params, inputs, expected }: GroupAdvantagesCase): Comparison[] {
  const scores = floats(inputs.rewards);
  const { groupSize, normalizeAdvantages: whiten } = params;
  const { advantages, groupDeviations } = groupAdvantages(
    algorithm === "rloo"
      ? { scores, groupSize, baseline: "leave-one-out", whiten }
      : { scores, groupSize, scale: resolvedGrpo(params).scaleRewards },
  );
  const equal = groupDeviations.filter((spread) => spread === 0).length / groupDeviations.length;
  return [
    compareNumbers("advantages", advantages, expected.advantages, tolerances.trl),
    compareNumbers("reward", mean(scores), expected.metrics.reward, tolerances.trl),
    compareNumbers("reward_std", deviation(scores), expected.metrics.reward_std, tolerances.trl),
    ...(countsGroups(params) ? [compareNumbers("frac_reward_zero_std", equal, expected.metrics.frac_reward_zero_std, tolerances.trl)] : []),
  ];
}

/**
 * Whether TRL's frac_reward_zero_std counts groups. It does so but with the batch's deviation, where it says whether the whole batch is
 * equal, though it is documented as a share of prompts; here it is always the share of groups.
 */
export const countsGroups = ({ scaleRewards }: GroupAdvantagesCase["params"] | { readonly scaleRewards?: string }) =>
  scaleRewards !== "batch";
