import { isJsonObject } from "./configured/parts.ts";
import type { JsonObject } from "./files.ts";

/**
 * Whether decoded text is cleaned up: where tokenizer_config.json asks for it, but not after BPE, whose spaces stand in its tokens, unless it
 * asks twice. As transformers 5 does.
 */
export function isCleanUpAsked(config: JsonObject, model: unknown): boolean {
  if (config.clean_up_tokenization_spaces !== true) return false;
  const isBpe = isJsonObject(model) && (model.type === "BPE" || (model.type === undefined && "merges" in model));
  return !isBpe || config.clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output === true;
}

/** Takes out the spaces that tokens of whole words leave before punctuation and English contractions. */
export function cleanUp(text: string): string {
  return text
    .replaceAll(" .", ".")
    .replaceAll(" ?", "?")
    .replaceAll(" !", "!")
    .replaceAll(" ,", ",")
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}
