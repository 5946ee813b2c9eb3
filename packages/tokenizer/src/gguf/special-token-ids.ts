import { GgufFields } from "./fields.ts";
import { GgufVocabulary } from "./vocabulary.ts";

/** Ids of tokens with a role in a GGUF file. */
export interface GgufSpecialTokenIds {
  readonly bos: number | undefined;
  readonly padding: number | undefined;
  /** Each of them ends a response. The first is the end of a text, where the file has one. */
  readonly ends: readonly number[];
}

/**
 * The special tokens of a GGUF file as llama.cpp finds them: by their keys, by its defaults for the kind of tokenizer, and, for those that
 * end a turn, by their texts (`<|eot_id|>`, `<|im_end|>`, `<end_of_turn>` and more), since most files name the end of a text only.
 *
 * @throws TokenizerError `invalid-file` with the key that is missing or wrong
 * @example
 * ggufSpecialTokenIds({ metadata: (await openGguf("model.gguf")).metadata, where: "model.gguf" }).ends; // Llama 3's: [ 128001, 128008, 128009 ]
 */
export function ggufSpecialTokenIds({
  metadata,
  where,
}: {
  readonly metadata: ReadonlyMap<string, unknown>;
  readonly where: string;
}): GgufSpecialTokenIds {
  const vocabulary = new GgufVocabulary(new GgufFields(metadata, where));
  return { bos: vocabulary.id("bos"), padding: vocabulary.id("padding"), ends: vocabulary.endIds };
}
