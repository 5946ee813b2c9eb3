import type { RewardModel } from "@cai/contracts";
import { readingInput } from "./exit-codes.ts";

/** What `--reward` may be, for the help texts. */
export const rewardForms =
  "a folder with model.onnx and tokenizer, an .onnx file, demo, an http(s) endpoint, or a module that exports a function";

/**
 * The reward model that `--reward` names. The caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function resolveReward(source: string): Promise<RewardModel> {
  const { resolveRewardModel } = await import("@cai/reward-model");
  return readingInput(async () => resolveRewardModel(source === "demo" ? (await import("@cai/demo")).demoRewardDirectory : source));
}
