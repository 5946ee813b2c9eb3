import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { PolicyError } from "../error.ts";
import type { CausalPolicy } from "../policy.ts";
import { loadLora } from "./load-lora.ts";
import { peftConfigFile, readPeftConfig } from "./peft-config.ts";

/** True for a folder that holds an adapter in PEFT's layout and no whole model. */
export function isAdapterFolder(directory: string): boolean {
  return existsSync(join(directory, peftConfigFile)) && !existsSync(join(directory, "config.json"));
}

/** The adapter of a folder on the base model that it names, which `loadBase` finds. Throws PolicyError, also for an adapter of an adapter. */
export async function loadAdapterFolder(directory: string, loadBase: (source: string) => Promise<CausalPolicy>): Promise<CausalPolicy> {
  const { base } = await readPeftConfig(directory);
  const wrong = (what: string) =>
    new PolicyError("bad-config", `${join(directory, peftConfigFile)}: base_model_name_or_path ${what}: expected a whole model's`);
  if (base === undefined) throw wrong("is missing");
  if (isAdapterFolder(resolve(base))) throw wrong(`is ${JSON.stringify(base)}, which holds an adapter too`);
  const policy = await loadBase(base);
  try {
    return await loadLora(policy, directory);
  } finally {
    policy.dispose();
  }
}
