import type { TokenizerParts } from "./create.ts";
import { sequence, spaceMark } from "./sentence-piece.ts";
import type { GgufVocabulary } from "./vocabulary.ts";

/** `t5`: a SentencePiece model of single tokens: the tokens of the highest sum of scores that make the text. Throws TokenizerError. */
export function unigram(vocabulary: GgufVocabulary): TokenizerParts {
  const { fields, tokens } = vocabulary;
  const scores = fields.numberPerToken("tokenizer.ggml.scores", tokens.length);
  if (scores === undefined) throw fields.wrong("tokenizer.ggml.scores is missing, which say which tokens a text is made of");
  const unknown = vocabulary.id("unknown");
  if (unknown === undefined) throw fields.wrong("tokenizer.ggml.unknown_token_id is missing, which characters without tokens become");
  const charsmap = fields.numbers("tokenizer.ggml.precompiled_charsmap") ?? [];
  const isTrimmed = fields.flag("tokenizer.ggml.remove_extra_whitespaces", false);
  const prefix = isTrimmed || fields.flag("tokenizer.ggml.add_space_prefix", false);
  const replace = (pattern: object, content: string) => ({ type: "Replace", pattern, content });
  return {
    normalizer: sequence("normalizers", [
      ...(charsmap.length > 0 ? [{ type: "Precompiled", precompiled_charsmap: base64(charsmap) }] : []),
      ...(isTrimmed ? [replace({ Regex: "^ +| +$" }, ""), replace({ Regex: " {2,}" }, " ")] : []),
      ...(prefix ? [{ type: "Prepend", prepend: spaceMark }] : []),
      replace({ String: " " }, spaceMark),
    ]),
    pre_tokenizer: null,
    decoder: { type: "Metaspace", replacement: spaceMark, prepend_scheme: prefix ? "always" : "never", split: true },
    model: { type: "Unigram", unk_id: unknown, byte_fallback: false, vocab: tokens.map((token, id) => [token, scores[id]]) },
    adds: { before: undefined, after: "eos" },
  };
}

/** Bytes, with a sign or without. */
function base64(bytes: readonly number[]): string {
  return btoa(bytes.map((byte) => String.fromCharCode(byte & 255)).join(""));
}
