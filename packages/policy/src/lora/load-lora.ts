import { join, resolve } from "node:path";
import { openSafetensors, type SafetensorsFile } from "@cai/safetensors";
import { checkFinite } from "../check-finite.ts";
import { PolicyError } from "../error.ts";
import type { CausalPolicy } from "../policy.ts";
import { adaptedPolicy, refuseAdapted } from "./adapted-policy.ts";
import { LoraAdapter, type LoraMatrix, loraMatrices } from "./adapter.ts";
import { peftConfigFile, peftWeightsFile, readPeftConfig } from "./peft-config.ts";

/**
 * The policy with an adapter from a folder in PEFT's layout (`adapter_config.json`, `adapter_model.safetensors` in F32, F16 or BF16), as
 * `addLora` gives one with a new adapter. The policy must be the base model that the adapter was trained on.
 *
 * Throws PolicyError or SafetensorsError, with the file and what is wrong in it, before anything is made: for what is not plain LoRA on
 * linear layers, for tensors that are missing, unknown, of another shape or not finite, and for a policy that has an adapter.
 *
 * @example
 * const policy = await loadLora(await loadPolicy("./smollm2"), "./smollm2-lora");
 */
export async function loadLora(policy: CausalPolicy, directory: string): Promise<CausalPolicy> {
  refuseAdapted(policy);
  const source = resolve(directory);
  const settings = await readPeftConfig(source);
  const matrices = loraMatrices(policy.parts.architecture, settings, join(source, peftConfigFile));
  const path = join(source, peftWeightsFile);
  const file = await openSafetensors(path);
  const numbers = new Map<string, Float32Array>();
  try {
    checkNames(file, matrices, path);
    for (const { name } of matrices) {
      const values = await file.readFloat32(name);
      checkFinite(values, name, path);
      numbers.set(name, values);
    }
  } finally {
    await file.close();
  }
  return adaptedPolicy(policy, new LoraAdapter({ matrices, settings, values: ({ name }) => numbers.get(name)! }), source);
}

function checkNames(file: SafetensorsFile, matrices: readonly LoraMatrix[], path: string): void {
  const known = new Set(matrices.map(({ name }) => name));
  const unknown = file.names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new PolicyError(
      "unknown-tensor",
      `${path}: tensor "${unknown}" belongs to no layer that ${peftConfigFile} targets in this model`,
    );
  for (const { name, shape } of matrices) {
    const stored = file.tensors.get(name);
    if (stored === undefined)
      throw new PolicyError("missing-tensor", `${path}: tensor "${name}" is missing, whose layer ${peftConfigFile} targets`);
    if (stored.shape.join() !== shape.join())
      throw new PolicyError(
        "shape-mismatch",
        `${path}: tensor "${name}" has shape [${stored.shape}], the base model and ${peftConfigFile} want [${shape}]`,
      );
    if (!["F32", "F16", "BF16"].includes(stored.dtype))
      throw new PolicyError("bad-dtype", `${path}: tensor "${name}" is ${stored.dtype}, expected F32, F16, BF16`);
  }
}
