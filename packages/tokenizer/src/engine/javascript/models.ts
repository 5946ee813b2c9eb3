import { isJsonObject } from "../../configured/parts.ts";
import type { JsonObject } from "../../files.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Refuses models that the JavaScript library would take and not honour. Unknown characters are where most of that lies: BPE without an unknown
 * token merges across them in the Rust library only, and fused ones grow together across pieces in the JavaScript one only.
 *
 * @param isWhole whether a text reaches the model as one piece
 * @param isBytes whether a text reaches the model in the alphabet of bytes
 */
export function refuseUnsupportedModel(
  model: JsonObject,
  { isWhole, isBytes }: { readonly isWhole: boolean; readonly isBytes: boolean },
): void {
  const { type, unk_token: unknown } = model;
  if (type === "Unigram") {
    refuseUnsupportedUnigram(model, isWhole);
    return;
  }
  const vocab = isJsonObject(model.vocab) ? model.vocab : unsupported(`a model ${type} without a vocabulary`);
  const hasUnknown = typeof unknown === "string" && Object.hasOwn(vocab, unknown);
  if (typeof unknown === "string" && !hasUnknown) unsupported(`a model ${type} whose vocabulary lacks its unk_token`);
  if (type === "BPE") refuseUnsupportedBpe(model, vocab, { hasUnknown, isWhole, isBytes });
  else if (!hasUnknown) unsupported(`a model ${type} without unk_token`);
  if (type === "WordPiece" && typeof model.continuing_subword_prefix !== "string")
    unsupported("a model WordPiece without continuing_subword_prefix");
}

function refuseUnsupportedBpe(
  model: JsonObject,
  vocab: JsonObject,
  { hasUnknown, isWhole, isBytes }: { readonly hasUnknown: boolean; readonly isWhole: boolean; readonly isBytes: boolean },
): void {
  for (const option of ["continuing_subword_prefix", "end_of_word_suffix"]) {
    if (typeof model[option] === "string" && model[option] !== "") unsupported(`a model BPE with ${option}`);
  }
  if (typeof model.dropout === "number" && model.dropout !== 0) unsupported("a model BPE with dropout");
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const hasAllBytes = model.byte_fallback === true && bytes.every((byte) => Object.hasOwn(vocab, byteToken(byte)));
  const writesAll = hasAllBytes || (isBytes && byteAlphabet.every((character) => Object.hasOwn(vocab, character)));
  if (writesAll) return;
  if (!hasUnknown) unsupported("a model BPE that has neither an unk_token nor all bytes");
  if (model.fuse_unk === true && !isWhole) unsupported("a model BPE with fuse_unk behind a pre-tokenizer");
  if (model.byte_fallback === true) unsupported("a model BPE with byte_fallback that lacks tokens of bytes");
}

function refuseUnsupportedUnigram(model: JsonObject, isWhole: boolean): void {
  if (model.byte_fallback === true) unsupported("a model Unigram with byte_fallback");
  if (typeof model.unk_id !== "number") unsupported("a model Unigram without unk_id");
  if (!isWhole) unsupported("a model Unigram behind a pre-tokenizer that splits");
}

const byteToken = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;

/** GPT-2's printable character for each byte: itself where it is printable, else one from U+0100 on. */
export const byteAlphabet: readonly string[] = (() => {
  const isPrintable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();
