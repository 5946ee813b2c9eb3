import { loadTokenizer } from "@cai/tokenizer";
import { join } from "@cai/whole-file/system";
import { readsGguf } from "#platform";
import { PolicyError } from "../error.ts";
import { architectureOf } from "../families/registry.ts";
import { loadGgufPolicy } from "../gguf/load.ts";
import { isAdapterFolder, loadAdapterFolder } from "../lora/adapter-folder.ts";
import type { CausalPolicy } from "../policy.ts";
import { randomPolicy } from "../random/random-policy.ts";
import { assemblePolicy } from "./assemble-policy.ts";
import { loadWeights } from "./load-weights.ts";
import { type LocatedModel, locateModel, type ResolveModel } from "./locate-model.ts";
import { readJsonObject } from "./read-json.ts";

/**
 * Loads a policy: a folder in Hugging Face layout (`config.json`, `model.safetensors` or its shards, `tokenizer.json`, and
 * `generation_config.json` where there is one), a folder in PEFT's layout (`loadLora` on the base model that it names), a `.gguf` file
 * of llama.cpp (architectures llama, qwen2 and gpt2), or `random:…` as `randomPolicy` takes it, where `seed` counts. Weights become
 * float32 on the backend that is in use; one tensor at a time is in memory beside them. The hash of a large folder's weights is made meanwhile and
 * afterwards, in another thread: who reads `identity.sha256` waits for it, and gets PolicyError `cannot-read` where a file was written to or cut short.
 *
 * With `resolveModel`, that of `@cai/hub` for one, `source` may also be a model's id on the hub, which is then the policy's identity,
 * and an adapter may name its base so; without it such an adapter is refused.
 *
 * Throws PolicyError, SafetensorsError, GgufError or TokenizerError, with the file and what is wrong in it, and frees what was loaded.
 *
 * @example
 * const policy = await loadPolicy("./gpt2");
 * console.log(policy.layerCount, policy.identity.sha256);
 */
export async function loadPolicy(
  source: string,
  { seed, resolveModel }: { readonly seed?: number; readonly resolveModel?: ResolveModel } = {},
): Promise<CausalPolicy> {
  const located = await locateModel(source, resolveModel);
  return (await isAdapterFolder(located.place))
    ? loadAdapterFolder(located.place, { loadBase: loadWhole, resolveModel })
    : loadWhole(located, seed === undefined ? {} : { seed });
}

async function loadWhole(located: LocatedModel, options: { readonly seed?: number } = {}): Promise<CausalPolicy> {
  const { place } = located;
  if (place.startsWith("random:")) return randomPolicy(place, options);
  if (!/\.gguf$/i.test(place)) return loadFolder(located);
  if (!readsGguf)
    throw new PolicyError("unsupported-config", `${place}: GGUF files are read in Node only: give a folder in Hugging Face layout`);
  return loadGgufPolicy(place);
}

async function loadFolder({ place: directory, name }: LocatedModel): Promise<CausalPolicy> {
  const configFile = join(directory, "config.json");
  const config = await readJsonObject(configFile);
  if (config === undefined)
    throw new PolicyError(
      "missing-file",
      `${configFile} does not exist: give a folder in Hugging Face layout, a .gguf file, or random:gpt2`,
    );
  const architecture = architectureOf(config.json, configFile);
  const generationConfig = await readJsonObject(join(directory, "generation_config.json"));
  return assemblePolicy({
    architecture,
    tokenizer: await loadTokenizer(directory),
    config: config.json,
    generationConfig,
    where: directory,
    source: name,
    parameters: () => loadWeights(directory, architecture),
  });
}
