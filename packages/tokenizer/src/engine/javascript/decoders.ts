import type { AddedToken } from "../../configured/added-tokens.ts";
import { isJsonObject } from "../../configured/parts.ts";
import type { JsonObject } from "../../files.ts";
import { byteAlphabet } from "./models.ts";
import { supportedPattern } from "./patterns.ts";
import { nameOf, unsupported } from "./unsupported.ts";

/** The tokens that a decoder meets. */
export interface Tokens {
  readonly ofModel: readonly string[];
  readonly added: readonly AddedToken[];
}

/** The decoder in terms that the JavaScript library honours; null for none. */
export function supportedDecoder(decoder: unknown, tokens: Tokens): JsonObject | null {
  if (decoder === null) return null;
  if (!isJsonObject(decoder)) unsupported("a decoder that is no object");
  switch (decoder.type) {
    case "Fuse":
    case "ByteFallback": // mended in the library
      return decoder;
    case "ByteLevel":
      return byteLevel(tokens);
    case "WordPiece":
      return wordPiece(decoder);
    case "BPEDecoder":
      return typeof decoder.suffix === "string" && decoder.suffix !== "" ? decoder : unsupported("a decoder BPEDecoder without a suffix");
    case "Metaspace":
      return metaspace(decoder, tokens);
    case "Replace":
      return replace(supportedPattern(decoder.pattern, "a decoder Replace"), String(decoder.content));
    case "Strip":
      return String(decoder.content).length === 1 ? decoder : unsupported("a decoder Strip of what is not one character");
    case "Sequence":
      return { type: "Sequence", decoders: (decoder.decoders as unknown[]).map((part) => partOfSequence(part, tokens)) };
    default:
      return unsupported(nameOf("decoder", decoder));
  }
}

function partOfSequence(part: unknown, tokens: Tokens): JsonObject | null {
  if (isJsonObject(part) && part.type === "ByteLevel") unsupported("a decoder ByteLevel in a Sequence");
  return supportedDecoder(part, tokens);
}

function replace(pattern: JsonObject, content: string): JsonObject {
  return { type: "Replace", pattern, content: content.replaceAll("$", "$$$$") };
}

/** The library writes zeros for a token outside of the alphabet, and leaves an added one as it stands where its characters mean bytes. */
function byteLevel({ ofModel, added }: Tokens): JsonObject {
  const alphabet = new Set(byteAlphabet);
  const isOfBytes = (token: string) => [...token].every((character) => alphabet.has(character));
  const contents = new Set(added.map(({ content }) => content));
  const other = ofModel.find((token) => !isOfBytes(token) && !contents.has(token));
  if (other !== undefined) unsupported(`a decoder ByteLevel with the token ${JSON.stringify(other)}, which is not written in bytes,`);
  const ambiguous = added.find(({ content }) => isOfBytes(content) && /[^\0-\x7f]/.test(content));
  if (ambiguous !== undefined) unsupported(`a decoder ByteLevel with the added token ${JSON.stringify(ambiguous.content)}`);
  return { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true };
}

function wordPiece({ prefix = "##", cleanup = true }: JsonObject): JsonObject {
  if (typeof prefix !== "string" || prefix === "") unsupported("a decoder WordPiece without a prefix");
  return { type: "WordPiece", prefix, cleanup };
}

/** The library takes one space from the beginning, whatever was put there; the Rust library all replacements of the first token, or none. */
function metaspace({ replacement, prepend_scheme = "always" }: JsonObject, { ofModel, added }: Tokens): JsonObject {
  if (typeof replacement !== "string" || replacement === "") unsupported("a decoder Metaspace without a replacement");
  if (prepend_scheme === "never") return replace(supportedPattern({ String: replacement }, "a decoder Metaspace"), " ");
  const all = [...ofModel, ...added.map(({ content }) => content)];
  const other = all.find((token) => token.startsWith(" ") || token.lastIndexOf(replacement) > 0);
  if (other !== undefined) unsupported(`a decoder Metaspace with the token ${JSON.stringify(other)}`);
  return { type: "Metaspace", replacement };
}
