import { stat } from "node:fs/promises";
import type { RewardModel } from "@cai/contracts";
import { withoutSecrets } from "@cai/endpoint";
import { RewardModelError } from "./error.ts";
import { type HttpRewardOptions, httpReward } from "./http-reward.ts";
import { loadModuleReward, type ModuleRewardOptions } from "./module-reward.ts";
import { OnnxRewardModel, type OnnxRewardOptions } from "./onnx-reward-model.ts";

/** How a reward model that a word names is loaded: the options beside `endpoint` and `module` are those of an ONNX model. */
export interface ResolveRewardOptions extends OnnxRewardOptions {
  /** How an endpoint is asked. */
  readonly endpoint?: Omit<HttpRewardOptions, "url">;
  /** How a module is run. */
  readonly module?: ModuleRewardOptions;
  /** Finds the folder of an ONNX model by its id on the hub, `owner/name` or `owner/name@revision`, as `resolveOnnxModel` of `@cai/hub` does. */
  readonly resolveModel?: (id: string, options: { readonly file?: string }) => Promise<string>;
}

/** Whether a word names a module, which is told the other columns of the prompts' rows. */
export const isRewardModule = (spec: string): boolean => !isEndpoint(spec) && /\.[cm]?[jt]s$/.test(spec);

const isEndpoint = (spec: string): boolean => /^https?:\/\//i.test(spec);

/**
 * The reward model that a word of a command line or configuration names: an `http(s)://` endpoint, a `.js`, `.mjs`, `.cjs`, `.ts` or `.mts`
 * module, an `.onnx` file, a folder with model.onnx and its tokenizer, or with `resolveModel` a model's id on the hub.
 *
 * @throws RewardModelError `missing-file` where it is none of these, `bad-options` for an option of ONNX models where it is none, else what
 * loading it, or `resolveModel`, throws.
 * @example
 * import { resolveOnnxModel } from "@cai/hub";
 * const rewardModel = await resolveRewardModel("owner/reward", { resolveModel: resolveOnnxModel, label: "POSITIVE" });
 */
export async function resolveRewardModel(
  spec: string,
  { resolveModel, endpoint, module, ...options }: ResolveRewardOptions = {},
): Promise<RewardModel> {
  if (isEndpoint(spec)) {
    refuseOptions(withoutSecrets(spec), options);
    return httpReward({ ...endpoint, url: spec });
  }
  if (isRewardModule(spec)) {
    refuseOptions(spec, options);
    return loadModuleReward(spec, module);
  }
  const found = await stat(spec).catch(() => undefined);
  if (found?.isDirectory() || spec.endsWith(".onnx")) return OnnxRewardModel.load(spec, options);
  if (found === undefined && resolveModel !== undefined) {
    return OnnxRewardModel.load(await resolveModel(spec, options.file === undefined ? {} : { file: options.file }), options);
  }
  throw new RewardModelError(
    "missing-file",
    `"${spec}" names no reward model: wanted a folder with model.onnx and its tokenizer, an .onnx file, an http(s):// endpoint, ` +
      "a .js, .mjs or .ts module, or a model's id on the hub where resolveModel is given (resolveOnnxModel of @cai/hub)",
  );
}

function refuseOptions(spec: string, options: OnnxRewardOptions): void {
  const [given] = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given === undefined) return;
  throw new RewardModelError("bad-options", `${spec} is no ONNX model: leave away the option ${given}, which is for those`);
}
