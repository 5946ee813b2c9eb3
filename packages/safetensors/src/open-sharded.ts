import { readTextFile } from "@cai/whole-file";
import { basename, dirname, exists, join } from "@cai/whole-file/system";
import { SafetensorsError } from "./error.ts";
import type { TensorInfo } from "./header.ts";
import { openSafetensors, type SafetensorsFile } from "./open.ts";

const indexName = "model.safetensors.index.json";

/**
 * Opens the weights of a folder in Hugging Face layout: `model.safetensors` or, where they are split, the files of
 * `model.safetensors.index.json`.
 *
 * @throws SafetensorsError where there is neither, and as `openSafetensors` and `openShardedSafetensors`
 * @example
 * const weights = await openModelSafetensors("./gpt2");
 */
export async function openModelSafetensors(directory: string): Promise<SafetensorsFile> {
  const single = join(directory, "model.safetensors");
  if (await exists(single)) return openSafetensors(single, { within: directory });
  if (await exists(join(directory, indexName))) return openShardedSafetensors(directory);
  throw new SafetensorsError("cannot-open", `${directory} has neither model.safetensors nor ${indexName}`);
}

/**
 * Opens the files that a folder's `model.safetensors.index.json` lists, as if they were one. All that the index lists must be
 * there; a file may have other tensors, which are no part of `names`, and where one is in two files, the index says which counts.
 *
 * @throws SafetensorsError, with the file and the tensor
 * @example
 * const weights = await openShardedSafetensors("./llama");
 */
export async function openShardedSafetensors(directory: string): Promise<SafetensorsFile> {
  const indexPath = join(directory, indexName);
  const shardNames = await readIndex(indexPath);
  const shards = new Map<string, SafetensorsFile>();
  const close = async () => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const shardName of new Set(shardNames.values()))
      shards.set(shardName, await openSafetensors(join(directory, shardName), { within: directory }));
    return { ...asOne({ indexPath, shardNames, shards }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function asOne(parts: {
  indexPath: string;
  shardNames: ReadonlyMap<string, string>;
  shards: ReadonlyMap<string, SafetensorsFile>;
}): Omit<SafetensorsFile, "close"> {
  const { indexPath, shardNames, shards } = parts;
  const tensors = new Map<string, TensorInfo>();
  const shardOf = new Map<string, SafetensorsFile>();
  for (const [shardName, shard] of shards) {
    for (const [name, tensor] of shard.tensors) {
      if ((shardNames.get(name) ?? shardName) !== shardName || tensors.has(name)) continue;
      tensors.set(name, tensor);
      shardOf.set(name, shard);
    }
  }
  for (const [name, shardName] of shardNames) {
    if (!tensors.has(name))
      throw new SafetensorsError("bad-file", `${indexPath}: tensor "${name}" is not in ${shardName}, where the index lists it`);
  }
  const shardWith = (name: string): SafetensorsFile => {
    const shard = shardOf.get(name);
    if (shard === undefined) throw new SafetensorsError("unknown-tensor", `${indexPath}: none of its files has a tensor "${name}"`);
    return shard;
  };
  return {
    names: [...tensors.keys()].filter((name) => shardNames.has(name)),
    metadata: Object.assign({}, ...[...shards.values()].map((shard) => shard.metadata)),
    tensors,
    read: async (name) => shardWith(name).read(name),
    readFloat32: async (name, into) => shardWith(name).readFloat32(name, into),
    place: (name) => shardWith(name).place(name),
  };
}

/** Tensor name → file name. */
async function readIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readTextFile(path, { within: dirname(path) }).catch((cause: unknown) => {
    throw new SafetensorsError("cannot-open", `${path} can't be read: ${(cause as Error).message}`, { cause });
  });
  let index: { weight_map?: unknown } | null;
  try {
    index = JSON.parse(text);
  } catch (cause) {
    throw new SafetensorsError("bad-file", `${path} is not JSON`, { cause });
  }
  const weightMap = index?.weight_map;
  if (typeof weightMap !== "object" || weightMap === null) {
    throw new SafetensorsError("bad-file", `${path} has no "weight_map" object from tensor to file`);
  }
  for (const [name, file] of Object.entries(weightMap)) {
    // A name with a folder in it could point anywhere on the machine.
    if (typeof file !== "string" || file === "" || file !== basename(file) || file.includes("\\")) {
      throw new SafetensorsError(
        "bad-file",
        `${path}: tensor "${name}" is said to be in ${JSON.stringify(file)}: expected the name of a file beside the index`,
      );
    }
  }
  return new Map(Object.entries(weightMap));
}
