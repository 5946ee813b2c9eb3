import { isJsonObject, mapParts } from "../configured/parts.ts";
import { TokenizerError } from "../error.ts";
import type { JsonObject } from "../files.ts";
import { precompiledCharsmapFault } from "./precompiled-charsmap.ts";

/**
 * The same tokenizer without what the Rust library would end the process at (it panics, which in Node can't be caught). What means nothing
 * is refused; a decoder that strips at the end of tokens is written in another way.
 *
 * @throws TokenizerError `invalid-file`
 */
export function withoutHazards(json: JsonObject): JsonObject {
  refuseMergesToNowhere(json.model);
  mapParts(json.normalizer, refuseDamagedCharsmap);
  mapParts(json.pre_tokenizer, refusePiecesOfNoLength);
  mapParts(json.post_processor, refuseUnknownPieces);
  return { ...json, decoder: mapParts(json.decoder, stripsByReplacing) };
}

function refuse(message: string): never {
  throw new TokenizerError("invalid-file", `${message}: fetch tokenizer.json again, or correct it`);
}

/** A merge without the prefix that it should take off, or to more bytes than the longest token has. */
function refuseMergesToNowhere(model: unknown): void {
  if (!isJsonObject(model) || !Array.isArray(model.merges) || !isJsonObject(model.vocab)) return;
  const { merges, vocab, continuing_subword_prefix } = model;
  const prefix = typeof continuing_subword_prefix === "string" ? continuing_subword_prefix : "";
  const longest = Object.keys(vocab).reduce((most, token) => Math.max(most, Buffer.byteLength(token)), 0) + Buffer.byteLength(prefix);
  for (const merge of merges) {
    const [left, right] = typeof merge === "string" ? merge.split(" ") : Array.isArray(merge) ? merge : [];
    const isPair = typeof left === "string" && typeof right === "string" && right.startsWith(prefix);
    if (isPair && Buffer.byteLength(left) + Buffer.byteLength(right) <= longest) continue;
    refuse(`the merge ${JSON.stringify(merge)} of tokenizer.json leads to no token of its vocabulary`);
  }
}

function refuseDamagedCharsmap(normalizer: JsonObject): unknown {
  if (normalizer.type !== "Precompiled" && !("precompiled_charsmap" in normalizer)) return normalizer;
  const fault = precompiledCharsmapFault(normalizer.precompiled_charsmap);
  if (fault !== undefined) refuse(`precompiled_charsmap of the normalizer ${fault}`);
  return normalizer;
}

function refusePiecesOfNoLength(preTokenizer: JsonObject): unknown {
  if (preTokenizer.length === 0) refuse("the pre-tokenizer FixedLength has a length of 0");
  return preTokenizer;
}

function refuseUnknownPieces(postProcessor: JsonObject): unknown {
  const { single, special_tokens: specialTokens } = postProcessor;
  if (!Array.isArray(single)) return postProcessor;
  for (const piece of single) {
    const { Sequence: text, SpecialToken: special } = isJsonObject(piece) ? piece : {};
    if (isJsonObject(text) && text.id !== "A")
      refuse(`the post-processor's template for a single text asks for text ${JSON.stringify(text.id)}`);
    const isKnown = !isJsonObject(special) || (isJsonObject(specialTokens) && Object.hasOwn(specialTokens, String(special.id)));
    if (!isKnown) refuse(`the post-processor's template names ${JSON.stringify(special.id)}, which its special_tokens lack`);
  }
  return postProcessor;
}

function stripsByReplacing(decoder: JsonObject): unknown {
  const { type, content, start, stop } = decoder;
  if (type !== "Strip" || typeof content !== "string" || [...content].length !== 1) return decoder;
  if (!isCount(start) || !isCount(stop) || stop === 0) return decoder;
  const character = `\\x{${content.codePointAt(0)!.toString(16)}}`;
  const replace = (pattern: string) => ({ type: "Replace", pattern: { Regex: pattern }, content: "" });
  const atEnd = replace(`${character}{1,${stop}}\\z`);
  return { type: "Sequence", decoders: start === 0 ? [atEnd] : [replace(`\\A${character}{1,${start}}`), atEnd] };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1000;
}
