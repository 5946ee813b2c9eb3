import { existsSync } from "node:fs";
import { join } from "node:path";
import { openModelSafetensors, type SafetensorsFile } from "@cai/safetensors";
import { buildParameters } from "./build-parameters.ts";
import { PolicyError } from "./error.ts";
import type { ModelArchitecture, ParameterSpec } from "./families/family.ts";

/**
 * A model's weights from `model.safetensors`, or from the files of `model.safetensors.index.json`; F32, F16 or BF16, one tensor at a time.
 * Names, shapes and dtypes are checked before anything is read. Throws PolicyError or SafetensorsError, with file and tensor.
 */
export async function loadWeights(directory: string, architecture: ModelArchitecture): ReturnType<typeof buildParameters> {
  const whole = join(directory, "model.safetensors");
  const where = existsSync(whole) ? whole : join(directory, "model.safetensors.index.json");
  const file = await openModelSafetensors(directory);
  try {
    const tensorNames = matchNames(file, architecture, where);
    for (const spec of architecture.parameters) checkStored(file, tensorNames.get(spec.name), spec, where);
    return await buildParameters(architecture, async ({ name }) => {
      const tensorName = tensorNames.get(name)!;
      const values = await file.readFloat32(tensorName);
      checkFinite(values, tensorName, where);
      return values;
    });
  } finally {
    await file.close();
  }
}

/** Parameter name → the tensor that holds it. */
function matchNames(file: SafetensorsFile, architecture: ModelArchitecture, where: string): ReadonlyMap<string, string> {
  const known = new Set(architecture.parameters.map(({ name }) => name));
  const tensorNames = new Map<string, string>();
  for (const tensorName of file.names) {
    const name = architecture.parameterName(tensorName);
    if (name === undefined) continue;
    if (!known.has(name))
      throw new PolicyError("unknown-tensor", `${where}: tensor "${tensorName}" is no weight of the model that config.json describes`);
    const other = tensorNames.get(name);
    if (other !== undefined)
      throw new PolicyError("unknown-tensor", `${where}: tensors "${other}" and "${tensorName}" are the same weight: leave one out`);
    tensorNames.set(name, tensorName);
  }
  return tensorNames;
}

const weightDtypes = ["F32", "F16", "BF16"];

function checkStored(file: SafetensorsFile, tensorName: string | undefined, { name, shape }: ParameterSpec, where: string): void {
  const stored = tensorName === undefined ? undefined : file.tensors.get(tensorName);
  if (stored === undefined)
    throw new PolicyError("missing-tensor", `${where}: tensor "${name}" is missing, which the model that config.json describes has`);
  if (stored.shape.join() !== shape.join())
    throw new PolicyError("shape-mismatch", `${where}: tensor "${tensorName}" has shape [${stored.shape}], config.json wants [${shape}]`);
  if (!weightDtypes.includes(stored.dtype))
    throw new PolicyError("bad-dtype", `${where}: tensor "${tensorName}" is ${stored.dtype}, expected ${weightDtypes.join(", ")}`);
}

/** Throws PolicyError, with file, tensor and element, for weights that are no numbers. */
export function checkFinite(values: Float32Array, tensorName: string, where: string): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! - values[i]! !== 0)
      throw new PolicyError("not-finite", `${where}: tensor "${tensorName}" holds ${values[i]} at element ${i}: the weights are damaged`);
  }
}
