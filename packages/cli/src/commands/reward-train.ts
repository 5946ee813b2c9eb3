import { RewardTrainer, rewardOptions } from "@cai/preference";
import type { Command } from "commander";
import { resolveRewardCommand } from "../pair-settings.ts";
import { runFlags } from "../run-flags.ts";
import { runPairs } from "../run-pairs.ts";
import { pairCommand } from "./pair-command.ts";

/** `cai reward-train`: a reward model from pairs of answers, with everything that can be set. */
export function rewardTrainCommand(): Command {
  return pairCommand({
    name: "reward-train",
    description: "make a reward model of a policy by pairs of answers",
    final: "in final/ the reward model, a folder that --reward takes",
    options: rewardOptions,
  }).action(async (flags: Record<string, unknown>) => {
    const settings = await resolveRewardCommand(flags);
    const trained = "the reward model";
    await runPairs(settings, runFlags(flags), { create: (policy, options) => RewardTrainer.create({ policy, ...options }), trained });
  });
}
