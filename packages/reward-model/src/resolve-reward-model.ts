import { stat } from "node:fs/promises";
import type { RewardModel } from "@cai/contracts";
import { RewardModelError } from "./error.ts";
import { httpReward } from "./http-reward.ts";
import { loadModuleReward } from "./module-reward.ts";
import { OnnxRewardModel } from "./onnx-reward-model.ts";

/**
 * The reward model that a word of a command line or configuration names: an `http(s)://` endpoint, a `.js`, `.mjs`, `.cjs`, `.ts` or `.mts`
 * module, an `.onnx` file, or a folder with model.onnx and its tokenizer. Each with its default options.
 *
 * @throws RewardModelError `missing-file` where it is none of these, else what loading it throws.
 */
export async function resolveRewardModel(spec: string): Promise<RewardModel> {
  if (/^https?:\/\//i.test(spec)) return httpReward({ url: spec });
  if (/\.[cm]?[jt]s$/.test(spec)) return loadModuleReward(spec);
  const found = await stat(spec).catch(() => undefined);
  if (found?.isDirectory() || spec.endsWith(".onnx")) return OnnxRewardModel.load(spec);
  throw new RewardModelError(
    "missing-file",
    `"${spec}" names no reward model: wanted a folder with model.onnx and its tokenizer, an .onnx file, an http(s):// endpoint, ` +
      "or a .js, .mjs or .ts module",
  );
}
