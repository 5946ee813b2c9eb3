import { existsSync } from "node:fs";
import { join } from "node:path";
import { openModelSafetensors, type SafetensorsFile } from "@cai/safetensors";
import { PolicyError } from "../error.ts";
import type { ModelArchitecture, ParameterSpec } from "../families/family.ts";
import { buildParameters } from "./build-parameters.ts";
import { checkFinite } from "./check-finite.ts";
import { FileHash } from "./file-hash.ts";
import { isWeightDtype, weightDtypes } from "./weight-dtypes.ts";
import { hashedLine, inHashOrder } from "./weights-hash.ts";

/**
 * A model's weights from `model.safetensors`, or from the files of `model.safetensors.index.json`; F32, F16, BF16 or F64, one tensor at a
 * time. Names, shapes and dtypes are checked before anything is read. Beside the weights may stand buffers that the family knows, a value head of
 * TRL's (`v_head.…`), what no weight is stored in (integers, numbers of 8 bits and fewer), and in one of several files what the index does not
 * list: none of it is read. Throws PolicyError or SafetensorsError, with file and tensor.
 */
export async function loadWeights(directory: string, architecture: ModelArchitecture): ReturnType<typeof buildParameters> {
  const whole = join(directory, "model.safetensors");
  const where = existsSync(whole) ? whole : join(directory, "model.safetensors.index.json");
  const file = await openModelSafetensors(directory);
  try {
    const tensorNames = matchNames(file, architecture, where);
    for (const spec of architecture.parameters) checkStored(file, tensorNames.get(spec.name), spec, where);
    const fill = async ({ name }: ParameterSpec, values: Float32Array) => {
      const tensorName = tensorNames.get(name)!;
      await file.readFloat32(tensorName, values);
      checkFinite(values, tensorName, where);
    };
    const hash = hashBeside(file, architecture, tensorNames, where);
    try {
      return await buildParameters(architecture, fill, hash && (() => hash.digest()));
    } finally {
      await hash?.end();
    }
  } finally {
    await file.close();
  }
}

/** Hashing fewer bytes takes less time than starting a thread. */
const fewestHashedBeside = 2 ** 26;

/**
 * Hashes the weights in another thread, straight from their files, while this one reads them. Undefined where a weight is not stored in F32,
 * since float32 numbers are what is hashed, and where there are so few that the thread would not pay.
 */
function hashBeside(
  file: SafetensorsFile,
  architecture: ModelArchitecture,
  tensorNames: ReadonlyMap<string, string>,
  where: string,
): FileHash | undefined {
  const pieces = inHashOrder(architecture.parameters).map((spec) => {
    const tensorName = tensorNames.get(spec.name)!;
    const { dtype, byteLength } = file.tensors.get(tensorName)!;
    return { dtype, text: hashedLine(spec), byteLength, ...file.place(tensorName) };
  });
  const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return bytes < fewestHashedBeside || pieces.some(({ dtype }) => dtype !== "F32") ? undefined : new FileHash(pieces, where);
}

/** Parameter name → the tensor that holds it. */
function matchNames(file: SafetensorsFile, architecture: ModelArchitecture, where: string): ReadonlyMap<string, string> {
  const known = new Set(architecture.parameters.map(({ name }) => name));
  const listed = new Set(file.names);
  const tensorNames = new Map<string, string>();
  for (const [tensorName, { dtype }] of file.tensors) {
    const name = tensorName.startsWith("v_head.") ? undefined : architecture.parameterName(tensorName);
    if (name === undefined) continue;
    if (!known.has(name)) {
      if (!isWeightDtype(dtype) || !listed.has(tensorName)) continue;
      throw new PolicyError("unknown-tensor", `${where}: tensor "${tensorName}" is no weight of the model that config.json describes`);
    }
    const other = tensorNames.get(name);
    if (other !== undefined)
      throw new PolicyError("unknown-tensor", `${where}: tensors "${other}" and "${tensorName}" are the same weight: leave one out`);
    tensorNames.set(name, tensorName);
  }
  return tensorNames;
}

function checkStored(file: SafetensorsFile, tensorName: string | undefined, { name, shape }: ParameterSpec, where: string): void {
  const stored = tensorName === undefined ? undefined : file.tensors.get(tensorName);
  if (stored === undefined)
    throw new PolicyError("missing-tensor", `${where}: tensor "${name}" is missing, which the model that config.json describes has`);
  if (stored.shape.join() !== shape.join())
    throw new PolicyError("shape-mismatch", `${where}: tensor "${tensorName}" has shape [${stored.shape}], config.json wants [${shape}]`);
  if (!isWeightDtype(stored.dtype))
    throw new PolicyError("bad-dtype", `${where}: tensor "${tensorName}" is ${stored.dtype}, expected ${weightDtypes.join(", ")}`);
}
