import { openGguf } from "@cai/gguf";
import { createGgufTokenizer } from "@cai/tokenizer";
import { checkTokenizer } from "./check-tokenizer.ts";
import { eosTokenIdsOf } from "./eos-token-ids.ts";
import { architectureOf } from "./families/registry.ts";
import { ggufConfig } from "./gguf-config.ts";
import { loadGgufWeights } from "./gguf-weights.ts";
import { CausalPolicy } from "./policy.ts";

/**
 * A policy from one GGUF file, whose metadata hold its configuration, its tokenizer and its chat template. Saved, it is a folder in
 * Hugging Face layout. Throws PolicyError, GgufError or TokenizerError, and frees what was loaded.
 */
export async function loadGgufPolicy(path: string): Promise<CausalPolicy> {
  const file = await openGguf(path);
  try {
    const config = await ggufConfig(file);
    const architecture = architectureOf(config, path);
    const { vocabSize } = architecture;
    const tokenizer = createGgufTokenizer({ metadata: file.metadata, where: path });
    checkTokenizer(tokenizer, vocabSize, path);
    const eosTokenIds = eosTokenIdsOf({ generationConfig: {}, config, tokenizer, vocabSize, where: path });
    const { parameters, sha256 } = await loadGgufWeights(file, architecture, config);
    return new CausalPolicy({
      architecture,
      parameters,
      tokenizer,
      identity: { source: path, sha256 },
      eosTokenIds,
      config,
      generationConfig: undefined,
    });
  } finally {
    await file.close();
  }
}
