import { openModelSafetensors, type SafetensorsFile } from "@cai/safetensors";
import { exists, join } from "@cai/whole-file/system";
import { hashThreads } from "#platform";
import { PolicyError } from "../error.ts";
import type { ModelArchitecture, ParameterSpec } from "../families/family.ts";
import { type BuiltParameters, buildParameters } from "./build-parameters.ts";
import { checkFinite } from "./check-finite.ts";
import type { HashThread } from "./hash-thread.ts";
import { readNatively, type StoredNumbers } from "./read-natively.ts";
import { isWeightDtype, weightDtypes } from "./weight-dtypes.ts";
import { fewestHashedBeside, hashedLine, inHashOrder } from "./weights-hash.ts";

/**
 * A model's weights from `model.safetensors`, or from the files of `model.safetensors.index.json`; F32, F16, BF16 or F64, one tensor at a
 * time. Names, shapes and dtypes are checked before anything is read. Beside the weights may stand buffers that the family knows, a value head of
 * TRL's (`v_head.…`), what no weight is stored in (integers, numbers of 8 bits and fewer), and in one of several files what the index does not
 * list: none of it is read. Throws PolicyError or SafetensorsError, with file and tensor; the hash of many weights is still being made afterwards.
 *
 * @param fewestBeside bytes for which a thread is started
 */
export async function loadWeights(
  directory: string,
  architecture: ModelArchitecture,
  fewestBeside: number = fewestHashedBeside,
): Promise<BuiltParameters> {
  const whole = join(directory, "model.safetensors");
  const where = (await exists(whole)) ? whole : join(directory, "model.safetensors.index.json");
  const file = await openModelSafetensors(directory);
  let hash: HashThread | undefined;
  try {
    const tensorNames = matchNames(file, architecture, where);
    for (const spec of architecture.parameters) checkStored(file, tensorNames.get(spec.name), spec, where);
    const place = ({ name }: ParameterSpec) => {
      const tensorName = tensorNames.get(name)!;
      return { ...file.tensors.get(tensorName)!, ...file.place(tensorName) };
    };
    const fill = async ({ name }: ParameterSpec, values: Float32Array) => {
      const tensorName = tensorNames.get(name)!;
      await file.readFloat32(tensorName, values);
      checkFinite(values, tensorName, where);
    };
    hash = hashBeside(architecture, { place, where, fewestBeside });
    return await buildParameters(architecture, {
      where,
      fill,
      tensor: hash && ((spec) => readNatively(place(spec))),
      sha256: hash && (() => hash!.digest()),
    });
  } catch (error) {
    await hash?.end();
    throw error;
  } finally {
    if (hash === undefined) await file.close();
    else void hash.ended.then(() => file.close()); // its thread reads on
  }
}

/**
 * Hashes the weights in another thread, straight from their files, while this one reads them, and after. Undefined where there are so few
 * that the thread would not pay.
 */
function hashBeside(
  { parameters }: ModelArchitecture,
  options: { place: (spec: ParameterSpec) => StoredNumbers & { readonly byteLength: number }; where: string; fewestBeside: number },
): HashThread | undefined {
  const { place, where, fewestBeside } = options;
  const pieces = inHashOrder(parameters).map((spec) => ({ ...place(spec), text: hashedLine(spec) }));
  const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return bytes < fewestBeside ? undefined : hashThreads?.hashFiles(pieces, where);
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
