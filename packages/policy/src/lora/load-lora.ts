import { openSafetensors, type SafetensorsFile } from "@cai/safetensors";
import { join, resolve } from "@cai/whole-file/system";
import { PolicyError } from "../error.ts";
import type { ModelArchitecture } from "../families/family.ts";
import { checkFinite } from "../load/check-finite.ts";
import { isWeightDtype, weightDtypes } from "../load/weight-dtypes.ts";
import type { CausalPolicy } from "../policy.ts";
import { adaptedPolicy, refuseAdapted } from "./adapted-policy.ts";
import { LoraAdapter } from "./adapter.ts";
import { type AdapterTensor, adapterTensors, peftPrefix, replacedTensor } from "./adapter-tensors.ts";
import { currentWeight } from "./merged-values.ts";
import { peftConfigFile, peftWeightsFile, readPeftConfig } from "./peft-config.ts";
import { outputLayerWeight } from "./saved-weights.ts";
import { widenedModel } from "./widened-model.ts";

/**
 * The policy with an adapter from a folder in PEFT's layout (`adapter_config.json`, `adapter_model.safetensors`), as `addLora` gives one with a new
 * adapter. The policy must be the base model that the adapter was trained on. Dropout (`lora_dropout`) is off, here as everywhere.
 *
 * What the adapter replaces (`modules_to_save`, `bias`) is trained with it. Where that is the output matrix or the embedding of a model that
 * ties them, the policy is a model that does not.
 *
 * Throws PolicyError or SafetensorsError, with the file and what is wrong in it, before anything is made: for what is not LoRA on
 * linear layers, for tensors that are missing, unknown, of another shape or not finite, and for a policy that has an adapter.
 *
 * @example
 * const policy = await loadLora(await loadPolicy("./smollm2"), "./smollm2-lora");
 */
export async function loadLora(policy: CausalPolicy, directory: string): Promise<CausalPolicy> {
  refuseAdapted(policy);
  const source = resolve(directory);
  const settings = await readPeftConfig(source);
  const where = join(source, peftConfigFile);
  const model = widenedModel(policy.parts, settings, where);
  const { architecture: widened } = model;
  const declared = adapterTensors({ architecture: policy.parts.architecture, widened, settings, where, asPeft: true });
  const path = join(source, peftWeightsFile);
  const file = await openSafetensors(path, { within: source });
  const numbers = new Map<string, Float32Array>();
  let tensors: readonly AdapterTensor[];
  try {
    tensors = [...declared, ...undeclaredWeights(file, declared, widened, path)];
    const storedNames = matchNames(file, tensors, path);
    for (const { name, ...tensor } of tensors) {
      const storedName = storedNames.get(name);
      const values =
        storedName === undefined && tensor.role === "weight"
          ? ((await currentWeight(policy.parts, tensor.weight).data()) as Float32Array)
          : await file.readFloat32(storedName!);
      checkFinite(values, name, path);
      numbers.set(name, values);
    }
  } finally {
    await file.close();
  }
  const layout = widened.linearLayout;
  return adaptedPolicy(policy, model, new LoraAdapter({ tensors, settings, layout, values: ({ name }) => numbers.get(name)! }), source);
}

/** Weights of the model that a file has without its configuration's saying so, as PEFT writes embeddings: they count. */
function undeclaredWeights(
  file: SafetensorsFile,
  declared: readonly AdapterTensor[],
  architecture: ModelArchitecture,
  path: string,
): AdapterTensor[] {
  const known = new Set(declared.flatMap(namesOf));
  const targets = declared.flatMap((tensor) => (tensor.role === "A" ? [tensor.target] : []));
  const isRead = (name: string) => isWeightDtype(file.tensors.get(name)!.dtype) && !isValueHead(name) && !isBuffer(name, architecture);
  const unknown = new Set(file.names.filter((name) => !known.has(name) && isRead(name)));
  const found = architecture.parameters
    .filter(({ name }) => !targets.some((target) => name === `${target.name}.weight`))
    .map((spec) => replacedTensor(spec, { architecture, targets, isFrozen: true }))
    .filter((tensor) => namesOf(tensor).filter((name) => unknown.delete(name)).length > 0);
  const [first] = unknown;
  if (first !== undefined)
    throw new PolicyError("unknown-tensor", `${path}: tensor "${first}" belongs to no layer that ${peftConfigFile} targets in this model`);
  return found;
}

/** A tensor's names in a file, the first of which counts; the last one is that of older versions of PEFT. */
function namesOf(tensor: AdapterTensor): string[] {
  if (tensor.role !== "weight") return [tensor.name];
  return [...new Set([tensor.name, ...(tensor.alias === undefined ? [] : [tensor.alias]), peftPrefix + tensor.weight])];
}

/** Tensor name → its name in the file, where it is there. */
function matchNames(file: SafetensorsFile, tensors: readonly AdapterTensor[], path: string): ReadonlyMap<string, string> {
  const storedNames = new Map<string, string>();
  for (const tensor of tensors) {
    const { name, shape } = tensor;
    const storedName = namesOf(tensor).find((one) => file.tensors.has(one));
    if (storedName === undefined) {
      if (tensor.role === "weight" && tensor.isOptional) continue;
      throw new PolicyError("missing-tensor", `${path}: tensor "${name}" is missing, whose layer ${peftConfigFile} targets`);
    }
    const stored = file.tensors.get(storedName)!;
    if (stored.shape.join() !== shape.join())
      throw new PolicyError(
        "shape-mismatch",
        `${path}: tensor "${storedName}" has shape [${stored.shape}], the base model and ${peftConfigFile} want [${shape}]`,
      );
    if (!isWeightDtype(stored.dtype))
      throw new PolicyError("bad-dtype", `${path}: tensor "${storedName}" is ${stored.dtype}, expected ${weightDtypes.join(", ")}`);
    storedNames.set(name, storedName);
  }
  return storedNames;
}

const isValueHead = (name: string): boolean => /^(?:base_model\.model\.)?v_head\./.test(name);

/** With `bias` set to all, older files of GPT-2 hold causal masks, which are named like biases. */
const isBuffer = (name: string, architecture: ModelArchitecture): boolean =>
  name.startsWith(peftPrefix) &&
  name !== peftPrefix + outputLayerWeight &&
  architecture.parameterName(name.slice(peftPrefix.length)) === undefined;
