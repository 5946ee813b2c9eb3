import { createTokenizer, type HuggingFaceTokenizer } from "@cai/tokenizer";

/**
 * Stands in where a model has no tokenizer of its own: the ids in decimal, as words. "15 27" is [15, 27]; a word that is no such number
 * becomes the last id, which is the end of text.
 */
export function decimalTokenizer(vocabSize: number): HuggingFaceTokenizer {
  const endOfText = String(vocabSize - 1);
  return createTokenizer({
    tokenizerJson: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [
        { id: vocabSize - 1, content: endOfText, single_word: true, lstrip: false, rstrip: false, normalized: false, special: true },
      ],
      normalizer: null,
      pre_tokenizer: { type: "WhitespaceSplit" },
      post_processor: null,
      decoder: null,
      model: {
        type: "WordPiece",
        unk_token: endOfText,
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(Array.from({ length: vocabSize }, (_, id) => [String(id), id])),
      },
    },
    tokenizerConfig: { eos_token: endOfText, tokenizer_class: "PreTrainedTokenizerFast", clean_up_tokenization_spaces: false },
  });
}
