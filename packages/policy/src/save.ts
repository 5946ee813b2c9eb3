import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "@cai/safetensors";
import { PolicyError } from "./error.ts";
import type { PolicyParts } from "./policy.ts";

/** As `CausalPolicy.save`. */
export async function savePolicy({ directory, ...parts }: PolicyParts & { readonly directory: string }): Promise<void> {
  await mkdir(directory, { recursive: true }).catch((cause: Error) => {
    throw new PolicyError("cannot-write", `${directory} can't be made: ${cause.message}`, { cause });
  });
  const names = [...parts.parameters.keys()].sort();
  await writeSafetensors(join(directory, "model.safetensors"), {
    entries: names.map((name) => ({ name, dtype: "F32", shape: parts.parameters.get(name)!.shape })),
    data: (name) => parts.parameters.get(name)!.value.data() as Promise<Float32Array<ArrayBuffer>>,
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

/** Beside it, flushed, and renamed into place. */
async function writeText(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new PolicyError("cannot-write", `${path} can't be written: ${(cause as Error).message}`, { cause });
  }
}
