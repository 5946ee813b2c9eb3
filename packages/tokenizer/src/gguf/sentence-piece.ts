import type { TokenizerParts } from "./create.ts";
import { type GgufVocabulary, tokenTypes } from "./vocabulary.ts";

/** What stands for a space. */
export const spaceMark = "▁";

/**
 * `llama`: a SentencePiece model of merges. Whichever two neighbours make the token of the highest score are merged; characters without a
 * token become bytes. As merges in an order, that is every way to make a token of two others, by the score of the token. (Tokens of one
 * score go by their ids, where llama.cpp goes by their places in the text; trained models have a score for each.) Throws TokenizerError.
 */
export function sentencePiece(vocabulary: GgufVocabulary): TokenizerParts {
  const { fields, tokens, idOf } = vocabulary;
  const scores = fields.numberPerToken("tokenizer.ggml.scores", tokens.length);
  if (scores === undefined) throw fields.wrong("tokenizer.ggml.scores is missing, which say what is merged first");
  const unknown = vocabulary.id("unknown");
  const hasAllBytes = Array.from({ length: 256 }, (_, byte) => byte).every((byte) => idOf.has(byteToken(byte)));
  const prefix = fields.flag("tokenizer.ggml.add_space_prefix", true);
  return {
    normalizer: sequence("normalizers", [
      ...(prefix ? [{ type: "Prepend", prepend: spaceMark }] : []),
      { type: "Replace", pattern: { String: " " }, content: spaceMark },
    ]),
    pre_tokenizer: null,
    decoder: sequence("decoders", [
      { type: "Replace", pattern: { String: spaceMark }, content: " " },
      { type: "ByteFallback" },
      { type: "Fuse" },
      ...(prefix ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
    ]),
    model: {
      type: "BPE",
      dropout: null,
      unk_token: unknown === undefined ? null : tokens[unknown],
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: hasAllBytes,
      ignore_merges: false,
      vocab: Object.fromEntries(idOf),
      merges: mergesOf(vocabulary, scores),
    },
    adds: { before: "bos", after: undefined },
  };
}

/** Comparisons of characters that looking for all ways to make all tokens may take; trained models take a hundredth. */
const mostComparisons = 1e9;

export const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;

export const sequence = (field: string, steps: readonly object[]) => ({ type: "Sequence", [field]: steps });

function mergesOf(vocabulary: GgufVocabulary, scores: readonly number[]): readonly (readonly [string, string])[] {
  const { fields, tokens } = vocabulary;
  const pieces = vocabulary.ofType(tokenTypes.normal, tokenTypes.userDefined, tokenTypes.unused);
  if (pieces.reduce((sum, id) => sum + tokens[id]!.length ** 2, 0) > mostComparisons)
    throw fields.wrong("tokenizer.ggml.tokens are longer than those of any model whose tokens are merged");
  const isPiece = new Set(pieces.map((id) => tokens[id]!));
  const merged = pieces
    .map((id) => ({ id, splits: splitsOf(tokens[id]!).filter(([left, right]) => isPiece.has(left) && isPiece.has(right)) }))
    .filter(({ splits }) => splits.length > 0)
    .sort((a, b) => scores[b.id]! - scores[a.id]! || a.id - b.id);
  if (merged.length > 1 && merged.every(({ id }) => scores[id] === scores[merged[0]!.id]))
    throw fields.wrong("tokenizer.ggml.scores are all the same, and don't say what is merged first");
  return merged.flatMap(({ splits }) => splits);
}

/** Every way to cut a token into two between characters. */
export function splitsOf(token: string): readonly (readonly [string, string])[] {
  const splits: [string, string][] = [];
  let at = 0;
  for (const character of token) {
    if (at > 0) splits.push([token.slice(0, at), token.slice(at)]);
    at += character.length;
  }
  return splits;
}
