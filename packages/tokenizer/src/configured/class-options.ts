import type { JsonObject } from "../files.ts";
import { isJsonObject } from "./parts.ts";
import { readTokenizerClass } from "./tokenizer-class.ts";

/**
 * The normalizer as BERT's classes of transformers set it: `do_lower_case` (default true), `strip_accents` (default as lowercase) and
 * `tokenize_chinese_chars` (default true) of tokenizer_config.json go before what tokenizer.json says. Other classes leave it as it is. Where
 * no class is named, what tokenizer_config.json says goes before, and there are no defaults.
 */
export function configuredNormalizer(normalizer: unknown, config: JsonObject): unknown {
  const { name, isBert } = readTokenizerClass(config);
  if (!isJsonObject(normalizer) || normalizer.type !== "BertNormalizer" || (name !== undefined && !isBert)) return normalizer;
  const defaults = isBert ? { do_lower_case: true, strip_accents: null, tokenize_chinese_chars: true } : {};
  const options: JsonObject = { ...defaults, ...config };
  return {
    ...normalizer,
    ...("do_lower_case" in options && { lowercase: options.do_lower_case }),
    ...("strip_accents" in options && { strip_accents: options.strip_accents }),
    ...("tokenize_chinese_chars" in options && { handle_chinese_chars: options.tokenize_chinese_chars }),
  };
}

/**
 * The pre-tokenizer as the classes of GPT-2 and RoBERTa set it: `add_prefix_space` (default false) of tokenizer_config.json goes before that
 * of a ByteLevel pre-tokenizer that stands alone. Other classes leave it as it is. Where no class is named, there is no default.
 */
export function configuredPreTokenizer(preTokenizer: unknown, config: JsonObject): unknown {
  const { name, isByteLevel } = readTokenizerClass(config);
  if (!isJsonObject(preTokenizer) || preTokenizer.type !== "ByteLevel" || (name !== undefined && !isByteLevel)) return preTokenizer;
  const option = config.add_prefix_space ?? (isByteLevel ? false : undefined);
  return option === undefined ? preTokenizer : { ...preTokenizer, add_prefix_space: option };
}
