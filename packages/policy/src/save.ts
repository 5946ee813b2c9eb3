import { join } from "node:path";
import { writeSafetensors } from "@cai/safetensors";
import { makeFolder, writeText } from "./durable-text.ts";
import { mergedValues } from "./lora/merged-values.ts";
import { saveLora } from "./lora/save-lora.ts";
import type { PolicyParts } from "./policy.ts";

/** As `CausalPolicy.save`. */
export async function savePolicy({ directory, ...parts }: PolicyParts & { readonly directory: string }): Promise<void> {
  if (parts.adapter === undefined) return saveWhole({ directory, ...parts });
  await saveLora({ directory, ...parts, adapter: parts.adapter.lora });
  await saveWhole({ directory: join(directory, "merged"), ...parts });
}

/** The model in Hugging Face layout; what an adapter adds is in its weights. */
async function saveWhole({ directory, ...parts }: PolicyParts & { readonly directory: string }): Promise<void> {
  await makeFolder(directory);
  const names = [...parts.parameters.keys()].sort();
  await writeSafetensors(join(directory, "model.safetensors"), {
    entries: names.map((name) => ({ name, dtype: "F32", shape: parts.parameters.get(name)!.shape })),
    data: (name) => mergedValues(parts, name),
  });
  for (const [name, text] of textFiles(parts)) await writeText(join(directory, name), text);
}

function textFiles({ config, generationConfig, eosTokenIds, tokenizer }: PolicyParts): ReadonlyMap<string, string> {
  const eosTokenId = eosTokenIds.length === 1 ? eosTokenIds[0] : eosTokenIds;
  return new Map([
    ["config.json", jsonText({ ...config, torch_dtype: "float32" })],
    ["generation_config.json", generationConfig ?? jsonText({ bos_token_id: config.bos_token_id, eos_token_id: eosTokenId })],
    ...(tokenizer.files ?? []),
  ]);
}

function jsonText(json: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
