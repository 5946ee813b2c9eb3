import { writeSafetensors } from "@cai/safetensors";
import { wholeFiles } from "@cai/whole-file";
import { join } from "@cai/whole-file/system";
import { PolicyError } from "../error.ts";
import { mergedValues } from "../lora/merged-values.ts";
import { saveLora } from "../lora/save-lora.ts";
import type { PolicyParts } from "../policy.ts";
import { float32Config } from "./float32-config.ts";
import { modelTextFiles } from "./model-text-files.ts";

const files = wholeFiles(PolicyError);

/** As `CausalPolicy.save`. */
export async function savePolicy({ directory, ...parts }: PolicyParts & { readonly directory: string }): Promise<void> {
  if (parts.adapter === undefined) return saveWhole({ directory, ...parts });
  await saveLora({ directory, ...parts, adapter: parts.adapter.lora });
  await saveWhole({ directory: join(directory, "merged"), ...parts });
}

/** The model in Hugging Face layout; what an adapter adds is in its weights. */
async function saveWhole({ directory, ...parts }: PolicyParts & { readonly directory: string }): Promise<void> {
  await files.makeFolder(directory);
  const names = [...parts.parameters.keys()].sort();
  await writeSafetensors(join(directory, "model.safetensors"), {
    entries: names.map((name) => ({ name, dtype: "F32", shape: parts.parameters.get(name)!.shape })),
    data: (name) => mergedValues(parts, name),
  });
  const texts = modelTextFiles(parts, float32Config(parts.config));
  for (const [name, text] of texts) await files.write(join(directory, name), text);
}
