import { TokenizerError } from "../error.ts";
import type { JsonObject } from "../files.ts";
import type { SpecialTokens } from "../special-tokens.ts";
import { configuredAddedTokens, wrongAddedIds } from "./added-tokens.ts";
import { configuredNormalizer, configuredPreTokenizer } from "./class-options.ts";
import { refuseUnknownTypes } from "./known-types.ts";
import { currentMetaspace } from "./legacy-metaspace.ts";
import { readModelVocabulary } from "./model-vocabulary.ts";
import { isJsonObject } from "./parts.ts";

/** What an engine is made from. */
export interface ConfiguredTokenizer {
  /** A tokenizer.json. */
  readonly json: JsonObject;
  /** The largest id + 1. */
  readonly vocabSize: number;
  idOf(token: string): number | undefined;
}

/**
 * The tokenizer.json that does by itself what transformers does with the files of a folder together. Padding and truncation are left out:
 * a text is encoded as a whole, and alone. `add_bos_token` and `add_eos_token` count for nothing beside a tokenizer.json.
 *
 * @param files the contents of tokenizer.json, tokenizer_config.json and (`legacy`) added_tokens.json
 * @param named the special tokens that the files name, by their role
 * @throws TokenizerError `unsupported-option` for what can't be honoured, `invalid-file` for what no tokenizer.json holds
 */
export function configuredTokenizer(
  { json, config, legacy }: { readonly json: JsonObject; readonly config: JsonObject; readonly legacy: JsonObject },
  named: SpecialTokens,
  where: string,
): ConfiguredTokenizer {
  refuseUnknownTypes(json, where);
  refuseRandomness(json.model, where);
  if (config.split_special_tokens === true) {
    const message = `${where}: split_special_tokens of tokenizer_config.json is true, which is not supported: set it to false`;
    throw new TokenizerError("unsupported-option", message);
  }
  const { truncation, padding, ...rest } = json;
  const listed = json.added_tokens ?? [];
  if (!Array.isArray(listed)) {
    throw new TokenizerError("invalid-file", `${where}: added_tokens of tokenizer.json is no list: fetch it again`);
  }
  const wrongIds = wrongAddedIds(listed, config, legacy);
  if (wrongIds.length > 0) {
    const message = `${where}: an added token has the id ${JSON.stringify(wrongIds[0])}: expected a whole number below 2^32; fetch the files again`;
    throw new TokenizerError("invalid-file", message);
  }
  const vocabulary = readModelVocabulary(json.model);
  const addedTokens = configuredAddedTokens(listed, { config, legacy, named, vocabulary });
  if (addedTokens.some(({ content }) => typeof content !== "string")) {
    throw new TokenizerError("invalid-file", `${where}: an added token has no text as its content: fetch the files again`);
  }
  const addedIds = new Map(addedTokens.map(({ content, id }) => [content, id]));
  return {
    json: {
      ...rest,
      added_tokens: addedTokens,
      normalizer: configuredNormalizer(json.normalizer ?? null, config),
      pre_tokenizer: configuredPreTokenizer(currentMetaspace(json.pre_tokenizer ?? null), config),
      post_processor: json.post_processor ?? null,
      decoder: currentMetaspace(json.decoder ?? null),
    },
    vocabSize: addedTokens.reduce((largest, { id }) => Math.max(largest, id), vocabulary.largestId) + 1,
    idOf: (token) => addedIds.get(token) ?? vocabulary.idOf(token),
  };
}

/** Texts must give the same ids each time, as long as nobody draws from a seed. */
function refuseRandomness(model: unknown, where: string): void {
  const dropout = isJsonObject(model) ? model.dropout : undefined;
  if (typeof dropout !== "number" || dropout <= 0 || dropout >= 1) return;
  throw new TokenizerError(
    "unsupported-option",
    `${where}: model.dropout of tokenizer.json is ${dropout}, which leaves out merges at random: set it to null`,
  );
}
