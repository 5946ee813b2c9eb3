import type { TokenizerParts } from "./create.ts";
import { spaceMark } from "./sentence-piece.ts";
import { type GgufVocabulary, tokenTypes } from "./vocabulary.ts";

/** Longer than any word: llama.cpp has no limit. */
const mostCharacters = 1_000_000;

/**
 * `bert`: words of the longest tokens that there are from the left; a word that can't be made of them is unknown. The file marks tokens
 * that begin a word, tokenizer.json those that don't. Throws TokenizerError.
 */
export function wordPiece(vocabulary: GgufVocabulary): TokenizerParts {
  const { fields, tokens } = vocabulary;
  const unknown = vocabulary.id("unknown");
  if (unknown === undefined) throw fields.wrong("tokenizer.ggml.unknown_token_id is missing, which words without tokens become");
  const vocab = Object.fromEntries(tokens.map((_, id) => [wordPieceText(vocabulary, id), id]));
  if (Object.keys(vocab).length < tokens.length)
    throw fields.wrong("tokenizer.ggml.tokens has tokens that are one in a WordPiece vocabulary");
  const lowercase = fields.flag("tokenizer.ggml.normalizer.lowercase", true);
  return {
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: fields.flag("tokenizer.ggml.normalizer.strip_accents", lowercase),
      lowercase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: tokens[unknown],
      continuing_subword_prefix: "##",
      max_input_chars_per_word: mostCharacters,
      vocab,
    },
    adds: { before: "bos", after: "seperator", always: true },
  };
}

/** A token as tokenizer.json has it. */
export function wordPieceText({ tokens, types }: GgufVocabulary, id: number): string {
  const token = tokens[id]!;
  if (token.startsWith(spaceMark) && token !== spaceMark) return token.slice(spaceMark.length);
  const isMarked = types[id] === tokenTypes.normal && !/^\[.*\]$/s.test(token);
  return isMarked ? `##${token}` : token;
}
