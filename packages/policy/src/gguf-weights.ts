import type { GgufFile } from "@cai/gguf";
import { buildParameters } from "./build-parameters.ts";
import { checkFinite } from "./check-finite.ts";
import { PolicyError } from "./error.ts";
import type { ModelArchitecture } from "./families/family.ts";
import { fromGgufLayout, ggufLayout } from "./gguf-layout.ts";
import { ggufTensorName } from "./gguf-names.ts";

/** Tensors that a model may do without: what positions are scaled by is in the configuration, a tied output in the embedding. */
const withoutWeight: readonly string[] = ["rope_freqs.weight", "output.weight"];

/**
 * A model's weights from a GGUF file, dequantised one tensor at a time and put into Hugging Face's layout. Names and shapes are checked
 * before anything is read. Throws PolicyError or GgufError, with file and tensor.
 */
export async function loadGgufWeights(
  file: GgufFile,
  architecture: ModelArchitecture,
  config: Readonly<Record<string, unknown>>,
): ReturnType<typeof buildParameters> {
  const specs = new Map(architecture.parameters.map((spec) => [ggufTensorName(spec.name), spec]));
  for (const [name, spec] of specs) checkStored(file, name, ggufLayout(spec, architecture, config).shape);
  for (const name of file.tensors.keys()) {
    if (!specs.has(name) && !withoutWeight.includes(name))
      throw new PolicyError("unknown-tensor", `${file.path}: tensor "${name}" is no weight of the model that the metadata describe`);
  }
  return buildParameters(architecture, async (spec, values) => {
    const name = ggufTensorName(spec.name);
    await file.readFloat32(name, values);
    checkFinite(values, name, file.path);
    const arranged = fromGgufLayout(values, ggufLayout(spec, architecture, config));
    if (arranged !== values) values.set(arranged);
  });
}

function checkStored(file: GgufFile, name: string, shape: readonly number[]): void {
  const stored = file.tensors.get(name);
  if (stored === undefined)
    throw new PolicyError("missing-tensor", `${file.path}: tensor "${name}" is missing, which the model that the metadata describe has`);
  if (stored.shape.join() !== shape.join())
    throw new PolicyError("shape-mismatch", `${file.path}: tensor "${name}" has shape [${stored.shape}], the metadata want [${shape}]`);
}
