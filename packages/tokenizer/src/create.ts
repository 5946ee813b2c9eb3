import type { JsonObject } from "./files.ts";
import { HuggingFaceTokenizer } from "./huggingface-tokenizer.ts";

/**
 * A tokenizer from the contents of tokenizer.json and tokenizer_config.json, for models that keep them elsewhere than in a folder, and
 * for tests.
 *
 * @throws TokenizerError as `loadTokenizer`.
 * @example
 * const tokenizer = createTokenizer({
 *   tokenizerJson: {
 *     added_tokens: [{ id: 2, content: "<end>", special: true }],
 *     pre_tokenizer: { type: "WhitespaceSplit" },
 *     model: { type: "BPE", vocab: { a: 0, b: 1 }, merges: [] },
 *   },
 *   tokenizerConfig: { eos_token: "<end>" },
 * });
 * tokenizer.encode("a b<end>"); // Int32Array [ 0, 1, 2 ]
 */
export function createTokenizer({
  tokenizerJson,
  tokenizerConfig,
}: {
  readonly tokenizerJson: JsonObject;
  readonly tokenizerConfig?: JsonObject;
}): HuggingFaceTokenizer {
  const files = new Map([["tokenizer.json", JSON.stringify(tokenizerJson)]]);
  if (tokenizerConfig !== undefined) files.set("tokenizer_config.json", JSON.stringify(tokenizerConfig));
  return new HuggingFaceTokenizer(files, "the tokenizer given");
}
