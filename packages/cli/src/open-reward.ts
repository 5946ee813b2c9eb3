import { resolve } from "node:path";
import type { RewardModel } from "@cai/contracts";
import { resolveReward } from "./resolve-reward.ts";
import { rewardName } from "./reward-name.ts";
import type { TrainSettings } from "./train-settings.ts";

/**
 * What scores a run's responses: workers with the same reward, or the reward here. The caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function openReward({ reward, rewardFlags, workers, rowsPerJob, out }: TrainSettings): Promise<RewardModel> {
  if (!workers?.roles.includes("score")) return resolveReward(reward, rewardFlags);
  const { DistributedRewardModel } = await import("@cai/distributed");
  const name = await rewardName(reward, rewardFlags);
  return DistributedRewardModel.create({
    redis: workers.redis,
    reward: name,
    owner: `${resolve(out)} scores`,
    ...(rowsPerJob && { rowsPerJob }),
  });
}
