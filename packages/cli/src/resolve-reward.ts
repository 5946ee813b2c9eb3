import type { RewardModel } from "@cai/contracts";
import { showDownload } from "./download-progress.ts";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import { type RewardFlags, rewardOptions, withFlags } from "./reward-flags.ts";
import { terminalOf } from "./terminal.ts";

/** What `--reward` may be, for the help texts. */
export const rewardForms =
  "a folder with model.onnx and tokenizer, an .onnx file, a Hugging Face hub id (owner/name), demo, an http(s) endpoint, or a module that exports a function";

/**
 * The reward model that `--reward` names. The caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function resolveReward(source: string, flags: RewardFlags = {}): Promise<RewardModel> {
  const { resolveRewardModel } = await import("@cai/reward-model");
  const resolveModel = async (id: string, { file }: { readonly file?: string }): Promise<string> => {
    const { resolveOnnxModel } = await import("@cai/hub");
    const wanted = file === undefined ? {} : { file };
    return showDownload(id, terminalOf(process.stderr), (onProgress) => resolveOnnxModel(id, { ...wanted, onProgress }));
  };
  try {
    return await readingInput(async () => {
      const place = source === "demo" ? (await import("@cai/demo")).demoRewardDirectory : source;
      return resolveRewardModel(place, { ...rewardOptions(flags), resolveModel });
    });
  } catch (error) {
    if (!CliError.isInstance(error)) throw error;
    throw new CliError("usage", withFlags(error.message), { cause: error.cause });
  }
}
