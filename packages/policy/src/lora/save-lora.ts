import { writeSafetensors } from "@cai/safetensors";
import { wholeFiles } from "@cai/whole-file";
import { join } from "@cai/whole-file/system";
import { PolicyError } from "../error.ts";
import type { PolicyParts } from "../policy.ts";
import type { LoraAdapter } from "./adapter.ts";
import { peftConfigFile, peftWeightsFile } from "./peft-config.ts";
import { peftConfigText } from "./peft-config-text.ts";

const files = wholeFiles(PolicyError);

/** Writes an adapter in PEFT's layout; its weights in float32. */
export async function saveLora({
  directory,
  adapter,
  architecture,
  identity,
}: Pick<PolicyParts, "architecture" | "identity"> & { readonly directory: string; readonly adapter: LoraAdapter }): Promise<void> {
  await files.makeFolder(directory);
  const names = storedNames(adapter);
  const parameterOf = (name: string) => adapter.parameters.get(names.get(name)!)!;
  await writeSafetensors(join(directory, peftWeightsFile), {
    entries: [...names.keys()].sort().map((name) => ({ name, dtype: "F32", shape: parameterOf(name).shape })),
    data: (name) => parameterOf(name).value.data() as Promise<Float32Array<ArrayBuffer>>,
  });
  const config = peftConfigText({
    settings: adapter.settings,
    layers: adapter.targets,
    transposed: architecture.linearLayout === "input-output",
    base: identity.source,
  });
  await files.write(join(directory, peftConfigFile), config);
}

/** Name in the file → parameter. PEFT wants both names of an embedding that it replaces together with the output layer. */
function storedNames({ tensors, settings }: LoraAdapter): ReadonlyMap<string, string> {
  const names = new Map(tensors.map(({ name }) => [name, name]));
  if (settings.ensureWeightTying)
    for (const tensor of tensors) if (tensor.role === "weight" && tensor.alias !== undefined) names.set(tensor.alias, tensor.name);
  return names;
}
