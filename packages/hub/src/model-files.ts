import type { ListFileEntry } from "@huggingface/hub";
import { HubError } from "./error.ts";
import { bothReadings, type HubId } from "./hub-id.ts";

/** A file as the hub lists it. */
export interface ListedFile {
  readonly name: string;
  readonly size: number;
  /** SHA-256 of a large file, git's SHA-1 of a small one, in hexadecimal: also its name among the blobs. */
  readonly hash: string;
}

export const singleFile = "model.safetensors";
export const indexFile = "model.safetensors.index.json";

const required = ["config.json", "tokenizer.json"];
const wanted = new Set([
  ...required,
  "generation_config.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "chat_template.jinja",
]);

/**
 * What is taken of a repository: `small` first, with the index of split weights, and then the weights: `whole`, or what the index names.
 *
 * @throws HubError `unusable` where something is missing that no model can do without
 */
export function chooseFiles(files: ReadonlyMap<string, ListedFile>, id: HubId): { small: ListedFile[]; whole: ListedFile | undefined } {
  const whole = files.get(singleFile);
  const index = files.get(indexFile);
  const missing = required.filter((name) => !files.has(name));
  if (missing.length > 0 || (whole ?? index) === undefined)
    throw new HubError(
      "unusable",
      `${id.name} on the hub has no ${[...missing, ...((whole ?? index) ? [] : [singleFile])].join(", ")}\n${otherwise(files)}`,
    );
  const small = [...files.values()].filter(({ name }) => wanted.has(name));
  return { small: whole === undefined ? [...small, index!] : small, whole };
}

function otherwise(files: ReadonlyMap<string, ListedFile>): string {
  const gguf = [...files.keys()].filter((name) => /\.gguf$/i.test(name));
  if (gguf.length > 0) return `It has GGUF files: download one (${gguf.slice(0, 3).join(", ")}) and give its path`;
  return "In Python, AutoModelForCausalLM and AutoTokenizer load it and save_pretrained(folder) writes these files: give that folder";
}

/** The names of the files that an index of split weights lists; undefined for what is no such index. */
export function shardsOf(index: string): readonly string[] | undefined {
  try {
    const names = Object.values(JSON.parse(index).weight_map as object);
    return names.length > 0 && names.every(isShardName) ? [...new Set(names)] : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing with a folder in it: it could point anywhere. */
const isShardName = (name: unknown): name is string => typeof name === "string" && /^[\w-][\w.-]*\.safetensors$/.test(name);

/**
 * An entry of the hub's listing, checked, for its fields become names of files here; undefined for folders and what lies in them.
 *
 * @throws HubError `hub-failed`
 */
export function listedFile({ type, path, size, oid, lfs }: ListFileEntry, id: HubId): ListedFile | undefined {
  if (type !== "file" || !/^[\w-][\w.-]*$|^\.\w[\w.-]*$/.test(path)) return undefined;
  const hash = lfs?.oid ?? oid;
  if (typeof hash !== "string" || !(lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(hash) || !Number.isSafeInteger(size) || size < 0)
    throw new HubError("hub-failed", `${bothReadings(id)} is listed with no usable hash or size for ${path}: try again later`);
  return { name: path, size, hash };
}
