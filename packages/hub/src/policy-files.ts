import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "./error.ts";
import type { HubId } from "./hub-id.ts";
import type { ListedFile } from "./listed-file.ts";
import { isFile, required, tokenizerFiles, type WantedFiles } from "./wanted-files.ts";

const singleFile = "model.safetensors";
export const indexFile = "model.safetensors.index.json";

const small = new Set([...required, ...tokenizerFiles, "generation_config.json", "chat_template.jinja"]);

/** Configuration, tokenizer, chat template, safetensors. */
export const policyFiles: WantedFiles = {
  inFolders: false,
  optional: "generation_config.json, tokenizer_config.json and chat_template.jinja",
  choose(files, id) {
    const whole = files.get(singleFile);
    const index = files.get(indexFile);
    const missing = required.filter((name) => !files.has(name));
    if (missing.length > 0 || (whole ?? index) === undefined)
      throw new HubError(
        "unusable",
        `${id.name} on the hub has no ${[...missing, ...((whole ?? index) ? [] : [singleFile])].join(", ")}\n${otherwise(files)}`,
      );
    const chosen = [...files.values()].filter(({ name }) => small.has(name));
    return { small: whole === undefined ? [...chosen, index!] : chosen, whole };
  },
  async missingIn(folder) {
    const missing: string[] = [];
    const require = async (name: string): Promise<void> => {
      if (!(await isFile(join(folder, name)))) missing.push(name);
    };
    for (const name of required) await require(name);
    const index = await readFile(join(folder, indexFile), "utf8").catch(() => undefined);
    if (index === undefined) await require(singleFile);
    else if (!(await isFile(join(folder, singleFile)))) for (const shard of shardsOf(index) ?? [indexFile]) await require(shard);
    return missing;
  },
};

function otherwise(files: ReadonlyMap<string, ListedFile>): string {
  const gguf = [...files.keys()].filter((name) => /\.gguf$/i.test(name));
  if (gguf.length > 0) return `It has GGUF files: download one (${gguf.slice(0, 3).join(", ")}) and give its path`;
  return "In Python, AutoModelForCausalLM and AutoTokenizer load it and save_pretrained(folder) writes these files: give that folder";
}

/** The listed files that an index of split weights names. */
export function listedShards(index: string, files: ReadonlyMap<string, ListedFile>, id: HubId): ListedFile[] {
  const names = shardsOf(index);
  if (names === undefined) throw new HubError("unusable", `${id.name} on the hub has a ${indexFile} that lists no safetensors files`);
  return names.map((name) => {
    const file = files.get(name);
    if (file === undefined) throw new HubError("unusable", `${id.name} on the hub has no ${name}, which its ${indexFile} lists`);
    return file;
  });
}

/** The names of the files that an index of split weights lists; undefined for what is no such index. */
function shardsOf(index: string): readonly string[] | undefined {
  try {
    const names = Object.values(JSON.parse(index).weight_map as object);
    return names.length > 0 && names.every(isShardName) ? [...new Set(names)] : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing with a folder in it: it could point anywhere. */
const isShardName = (name: unknown): name is string => typeof name === "string" && /^[\w-][\w.-]*\.safetensors$/.test(name);
