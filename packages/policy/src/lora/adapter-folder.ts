import { exists, join, resolve } from "@cai/whole-file/system";
import { PolicyError } from "../error.ts";
import { type LocatedModel, locateModel, type ResolveModel } from "../load/locate-model.ts";
import type { CausalPolicy } from "../policy.ts";
import { loadLora } from "./load-lora.ts";
import { peftConfigFile, readPeftConfig } from "./peft-config.ts";

/** True for a folder that holds an adapter in PEFT's layout and no whole model. */
export async function isAdapterFolder(directory: string): Promise<boolean> {
  return (await exists(join(directory, peftConfigFile))) && !(await exists(join(directory, "config.json")));
}

/**
 * The adapter of a folder on the base model that it names: a path from the working directory, `random:…`, or else a model of the hub,
 * whose folder `resolveModel` finds. Throws PolicyError, also for an adapter of an adapter, and what `resolveModel` throws.
 */
export async function loadAdapterFolder(
  directory: string,
  {
    loadBase,
    resolveModel,
  }: {
    readonly loadBase: (located: LocatedModel) => Promise<CausalPolicy>;
    readonly resolveModel: ResolveModel | undefined;
  },
): Promise<CausalPolicy> {
  const { base, revision } = await readPeftConfig(directory);
  const wrong = (code: string, what: string) =>
    new PolicyError(code, `${join(directory, peftConfigFile)}: base_model_name_or_path ${what}`);
  if (base === undefined) throw wrong("bad-config", "is missing: expected a whole model's");
  const isHere = base.startsWith("random:") || (await exists(base));
  if (!isHere && resolveModel === undefined)
    throw wrong(
      "missing-file",
      `is ${JSON.stringify(base)}, which does not exist here (${resolve(base)}): put the base model's folder there, name another in that file, or give loadPolicy resolveModel of @cai/hub, if it is a model of the hub`,
    );
  const located = await locateModel(isHere || revision === undefined ? base : `${base}@${revision}`, resolveModel);
  if (await isAdapterFolder(located.place))
    throw wrong("bad-config", `is ${JSON.stringify(base)}, which holds an adapter too: expected a whole model's`);
  const policy = await loadBase(located);
  try {
    return await loadLora(policy, directory);
  } finally {
    policy.dispose();
  }
}
