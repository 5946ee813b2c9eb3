import type { RewardModel } from "@cai/contracts";
import { lacksSecrets } from "@cai/endpoint";
import { showDownload } from "./download-progress.ts";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { faultOptions, type RewardFlags, rewardOptions, withFlags } from "./reward-flags.ts";
import { terminalOf } from "./terminal.ts";

/** What `--reward` may be, for the help texts. */
export const rewardForms =
  "a folder with model.onnx and tokenizer, an .onnx file, a Hugging Face hub id (owner/name), demo, an http(s) endpoint, or a module that exports a function (as name.eval.ts: scorers of evaluations)";

/**
 * The reward model that `--reward` names, which gets over faults as the flags say. The caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function resolveReward(source: string, flags: RewardFlags = {}): Promise<RewardModel> {
  if (lacksSecrets(source))
    throw new CliError(
      "usage",
      `${source} is an address as a run's config.json has it, without its secrets: give it whole by --reward, or a key by CAI_REWARD_KEY`,
    );
  const { resolveRewardModel, tolerantReward } = await import("@cai/reward-model");
  const terminal = terminalOf(process.stderr);
  const resolveModel = async (id: string, { file }: { readonly file?: string }): Promise<string> => {
    const { resolveOnnxModel } = await import("@cai/hub");
    const wanted = file === undefined ? {} : { file };
    return showDownload(id, terminal, (onProgress) => resolveOnnxModel(id, { ...wanted, onProgress }));
  };
  try {
    return await readingInput(async () => {
      const place = source === "demo" ? (await import("@cai/demo")).demoRewardDirectory : source;
      const model = await resolveRewardModel(place, { ...rewardOptions(flags), resolveModel });
      return tolerantReward(model, { ...faultOptions(flags), onFault: (line) => terminal.write(`reward: ${line}\n`) });
    });
  } catch (error) {
    if (!CliError.isInstance(error)) throw error;
    throw new CliError("usage", withFlags(error.message), { cause: error.cause });
  }
}
