import { TokenizerError } from "../error.ts";
import type { JsonObject } from "../files.ts";
import { isJsonObject, mapParts } from "./parts.ts";

const knownTypes = {
  model: ["BPE", "WordPiece", "WordLevel", "Unigram"],
  normalizer: [
    "BertNormalizer",
    "Bert",
    "ByteLevel",
    "Lowercase",
    "NFC",
    "NFD",
    "NFKC",
    "NFKD",
    "Nmt",
    "Precompiled",
    "Prepend",
    "Replace",
    "Sequence",
    "Strip",
    "StripAccents",
  ],
  pre_tokenizer: [
    "BertPreTokenizer",
    "ByteLevel",
    "CharDelimiterSplit",
    "Delimiter",
    "Digits",
    "FixedLength",
    "Metaspace",
    "Punctuation",
    "Sequence",
    "Split",
    "UnicodeScripts",
    "Whitespace",
    "WhitespaceSplit",
  ],
  post_processor: ["BertProcessing", "ByteLevel", "RobertaProcessing", "Sequence", "TemplateProcessing"],
  decoder: ["BPEDecoder", "ByteFallback", "ByteLevel", "CTC", "Fuse", "Metaspace", "Replace", "Sequence", "Strip", "WordPiece"],
};

/**
 * Refuses a tokenizer.json that names a type which tokenizers 0.23 doesn't have; the libraries' own messages don't say which. A part without a
 * type is of an older file, and left to the library.
 *
 * @throws TokenizerError `invalid-file`
 */
export function refuseUnknownTypes(json: JsonObject, where: string): void {
  if (!isJsonObject(json.model)) {
    throw new TokenizerError("invalid-file", `${where}: tokenizer.json has no model: fetch it again`);
  }
  for (const [component, types] of Object.entries(knownTypes)) {
    mapParts(json[component], (part) => {
      if (typeof part.type !== "string" || types.includes(part.type)) return part;
      const message = `${where}: tokenizer.json has a ${component} of type ${JSON.stringify(part.type)}; there are ${types.join(", ")}`;
      throw new TokenizerError("invalid-file", message);
    });
  }
}
