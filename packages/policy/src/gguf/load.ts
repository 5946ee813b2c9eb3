import { openGguf } from "@cai/gguf";
import { createGgufTokenizer } from "@cai/tokenizer";
import { architectureOf } from "../families/registry.ts";
import { assemblePolicy } from "../load/assemble-policy.ts";
import type { CausalPolicy } from "../policy.ts";
import { ggufConfig } from "./config.ts";
import { loadGgufWeights } from "./weights.ts";

/**
 * A policy from one GGUF file, whose metadata hold its configuration, its tokenizer and its chat template. Saved, it is a folder in
 * Hugging Face layout. Throws PolicyError, GgufError or TokenizerError, and frees what was loaded.
 */
export async function loadGgufPolicy(path: string): Promise<CausalPolicy> {
  const file = await openGguf(path);
  try {
    const config = await ggufConfig(file);
    return await assemblePolicy({
      architecture: architectureOf(config, path),
      tokenizer: createGgufTokenizer({ metadata: file.metadata, where: path }),
      config,
      where: path,
      source: path,
      parameters: (architecture) => loadGgufWeights(file, architecture, config),
    });
  } finally {
    await file.close();
  }
}
