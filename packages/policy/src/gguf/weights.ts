import type { GgufFile } from "@cai/gguf";
import { PolicyError } from "../error.ts";
import type { ModelArchitecture, ParameterSpec } from "../families/family.ts";
import { familyOf } from "../families/registry.ts";
import { type BuiltParameters, buildParameters } from "../load/build-parameters.ts";
import { checkFinite } from "../load/check-finite.ts";
import { fromGgufLayout, ggufLayout } from "./layout.ts";
import { ggufTensorName } from "./names.ts";

/** Tensors that hold no weight: what positions are scaled by is in the configuration, a tied output in the embedding. */
const withoutWeight: readonly string[] = ["rope_freqs.weight", "output.weight"];
/** The frequencies of a block's positions, which older files hold beside the numbers that they follow from. */
const frequencies = /^blk\.\d+\.attn_rot_embd(?:\.weight)?$/;

/**
 * A model's weights from a GGUF file, dequantised one tensor at a time and put into Hugging Face's layout. Names and shapes are checked
 * before anything is read. A bias that a file has for some layers only is 0 in the others, as in llama.cpp. Throws PolicyError or GgufError,
 * with file and tensor.
 */
export async function loadGgufWeights(
  file: GgufFile,
  architecture: ModelArchitecture,
  config: Readonly<Record<string, unknown>>,
): Promise<BuiltParameters> {
  const { gguf } = familyOf(config, file.path);
  const specs = new Map(architecture.parameters.map((spec) => [ggufTensorName(spec.name, gguf), spec]));
  const isLeftOut = (name: string) => gguf.leavesOutBiases === true && name.endsWith(".bias") && !file.tensors.has(name);
  for (const [name, spec] of specs) {
    if (!isLeftOut(name)) checkStored(file, name, ggufLayout(spec, architecture, gguf).shape);
  }
  for (const name of file.tensors.keys()) {
    if (frequencies.test(name)) await checkFrequencies(file, name, config);
    else if (!specs.has(name) && !withoutWeight.includes(name))
      throw new PolicyError("unknown-tensor", `${file.path}: tensor "${name}" is no weight of the model that the metadata describe`);
  }
  const fill = async (spec: ParameterSpec, values: Float32Array) => {
    const name = ggufTensorName(spec.name, gguf);
    if (isLeftOut(name)) {
      values.fill(0);
      return;
    }
    await file.readFloat32(name, values);
    checkFinite(values, name, file.path);
    const arranged = fromGgufLayout(values, ggufLayout(spec, architecture, gguf));
    if (arranged !== values) values.set(arranged);
  };
  return buildParameters(architecture, { where: file.path, fill });
}

/** Refuses frequencies that are not those of the configuration before any scaling; half precision is near enough. */
async function checkFrequencies(file: GgufFile, name: string, config: Readonly<Record<string, unknown>>): Promise<void> {
  const stored = await file.readFloat32(name);
  const theta = config.rope_theta as number;
  if (stored.some((frequency, pair) => !(Math.abs(frequency * theta ** (pair / stored.length) - 1) <= 0.01)))
    throw new PolicyError("unsupported-config", `${file.path}: tensor "${name}" has other frequencies than rope.freq_base ${theta} gives`);
}

function checkStored(file: GgufFile, name: string, shape: readonly number[]): void {
  const stored = file.tensors.get(name);
  if (stored === undefined)
    throw new PolicyError("missing-tensor", `${file.path}: tensor "${name}" is missing, which the model that the metadata describe has`);
  if (stored.shape.join() !== shape.join())
    throw new PolicyError("shape-mismatch", `${file.path}: tensor "${name}" has shape [${stored.shape}], the metadata want [${shape}]`);
}
