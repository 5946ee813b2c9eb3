import { join } from "node:path";
import { writeSafetensors } from "@cai/safetensors";
import { files } from "../files.ts";
import type { PolicyParts } from "../policy.ts";
import type { LoraAdapter } from "./adapter.ts";
import { peftConfigFile, peftConfigText, peftWeightsFile } from "./peft-config.ts";

/** Writes an adapter in PEFT's layout; its weights in float32. */
export async function saveLora({
  directory,
  adapter,
  architecture,
  identity,
}: Pick<PolicyParts, "architecture" | "identity"> & { readonly directory: string; readonly adapter: LoraAdapter }): Promise<void> {
  await files.makeFolder(directory);
  const names = [...adapter.parameters.keys()].sort();
  await writeSafetensors(join(directory, peftWeightsFile), {
    entries: names.map((name) => ({ name, dtype: "F32", shape: adapter.parameters.get(name)!.shape })),
    data: (name) => adapter.parameters.get(name)!.value.data() as Promise<Float32Array<ArrayBuffer>>,
  });
  const config = peftConfigText({
    settings: adapter.settings,
    layers: adapter.targets,
    transposed: architecture.linearLayout === "input-output",
    base: identity.source,
  });
  await files.write(join(directory, peftConfigFile), config);
}
