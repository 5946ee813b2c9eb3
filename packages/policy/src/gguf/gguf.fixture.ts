import { join } from "node:path";
import { type GgufSource, openGguf, type WrittenValue, writeGguf } from "@cai/gguf";
import { goldenModels, temporaryFolder } from "@cai/testing";
import { loadPolicy } from "../load/load-policy.ts";
import type { CausalPolicy } from "../policy.ts";
import { exportGguf } from "./export.ts";
import { ggufExportMetadata } from "./export-metadata.ts";

export const tinyLlama = goldenModels[1].folder;

/** The policy as a GGUF file, and what comes of that file. */
export async function roundTrip(policy: CausalPolicy, dtype: "F32" | "F16" | "BF16" | "Q8_0" = "F32") {
  const path = join(await temporaryFolder(), "model.gguf");
  await exportGguf({ policy, path, dtype });
  return { path, again: await loadPolicy(path) };
}

type Values = Map<string, { shape: readonly number[]; values: Float32Array }>;

/** The tiny Llama's file, with its metadata and tensors edited. */
export async function editedGguf({
  metadata = {},
  edit = () => undefined,
}: {
  metadata?: Record<string, WrittenValue | undefined>;
  edit?: (tensors: Values) => unknown;
}): Promise<string> {
  const policy = await loadPolicy(tinyLlama);
  const { path, again } = await roundTrip(policy);
  again.dispose();
  const file = await openGguf(path);
  const tensors: Values = new Map();
  for (const [name, { shape }] of file.tensors) tensors.set(name, { shape, values: await file.readFloat32(name) });
  await file.close();
  edit(tensors);
  const all = { ...ggufExportMetadata(policy.parts, "F32"), ...metadata };
  policy.dispose();
  await writeGguf(path, {
    metadata: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as GgufSource["metadata"],
    entries: [...tensors].map(([name, { shape }]) => ({ name, dtype: "F32", shape })),
    data: (name) => tensors.get(name)!.values,
  });
  return path;
}
