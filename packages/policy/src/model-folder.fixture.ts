import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Dtype, openSafetensors, type TensorData, writeSafetensors } from "@cai/safetensors";
import { temporaryFolder, tinyGpt2 } from "@cai/testing";

export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData | Float32Array;
}

/** The tiny GPT-2 in a folder of its own, with fields of its JSON files changed and its tensors edited. */
export async function modelFolder({
  config = {},
  generationConfig = {},
  edit = () => undefined,
}: {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly generationConfig?: Readonly<Record<string, unknown>>;
  readonly edit?: (tensors: Map<string, StoredTensor>) => void;
} = {}): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"])
    await cp(join(tinyGpt2, name), join(folder, name));
  for (const [name, fields] of Object.entries({ "config.json": config, "generation_config.json": generationConfig })) {
    const json = { ...JSON.parse(await readFile(join(folder, name), "utf8")), ...fields };
    await writeFile(join(folder, name), JSON.stringify(json));
  }
  const tensors = await tinyTensors();
  edit(tensors);
  await writeTensors(join(folder, "model.safetensors"), tensors);
  return folder;
}

/** The tiny GPT-2's tensors in float32. */
export async function tinyTensors(): Promise<Map<string, StoredTensor>> {
  const file = await openSafetensors(join(tinyGpt2, "model.safetensors"));
  const tensors = new Map<string, StoredTensor>();
  for (const name of file.names)
    tensors.set(name, { dtype: "F32", shape: file.tensors.get(name)!.shape, data: await file.readFloat32(name) });
  await file.close();
  return tensors;
}

export async function writeTensors(path: string, tensors: ReadonlyMap<string, StoredTensor>): Promise<void> {
  await writeSafetensors(path, {
    entries: [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    data: (name) => tensors.get(name)!.data as TensorData,
  });
}
