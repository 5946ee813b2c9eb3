import { isJsonObject } from "../../configured/parts.ts";
import type { JsonObject } from "../../files.ts";
import { supportedPattern } from "./patterns.ts";
import { nameOf, unsupported } from "./unsupported.ts";

const punctuation = "[\\p{P}\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e]";
const wordCharacters = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d";
const gpt2Pieces = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** The pre-tokenizer in terms that the JavaScript library honours; null for none. */
export function supportedPreTokenizer(preTokenizer: unknown): JsonObject | null {
  if (preTokenizer === null) return null;
  if (!isJsonObject(preTokenizer)) unsupported("a pre-tokenizer that is no object");
  switch (preTokenizer.type) {
    case "ByteLevel":
      return byteLevel(preTokenizer);
    case "Whitespace":
      return { ...split(`[${wordCharacters}]+|[^${wordCharacters}\\s]+`), invert: true };
    case "WhitespaceSplit":
      return withoutWhiteSpace;
    case "BertPreTokenizer":
      return sequence([withoutWhiteSpace, split(punctuation)]);
    case "Punctuation":
      return splitPunctuation(preTokenizer.behavior ?? "Isolated");
    case "Digits":
      return split(preTokenizer.individual_digits === true ? "\\p{N}" : "\\p{N}+");
    case "CharDelimiterSplit":
    case "Delimiter":
      return { ...splitAt({ String: preTokenizer.delimiter }, "a pre-tokenizer CharDelimiterSplit"), behavior: "Removed" };
    case "Split":
      return supportedSplit(preTokenizer);
    case "Metaspace":
      return metaspace(preTokenizer);
    case "Sequence":
      return sequence((preTokenizer.pretokenizers as unknown[]).map(partOfSequence));
    default:
      return unsupported(nameOf("pre-tokenizer", preTokenizer));
  }
}

/** The library takes every piece of a text for its first one. */
function partOfSequence(part: unknown, index: number): JsonObject | null {
  const isFirstOnly = isJsonObject(part) && part.type === "Metaspace" && part.prepend_scheme === "first";
  if (index > 0 && isFirstOnly) unsupported("a pre-tokenizer Metaspace with prepend_scheme first behind others");
  return supportedPreTokenizer(part);
}

function sequence(pretokenizers: readonly unknown[]): JsonObject {
  return { type: "Sequence", pretokenizers };
}

function split(regex: string): JsonObject {
  return { type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false };
}

const withoutWhiteSpace: JsonObject = { ...split("\\s+"), behavior: "Removed" };

function splitAt(pattern: unknown, where: string): JsonObject {
  return { type: "Split", pattern: supportedPattern(pattern, where), behavior: "Isolated", invert: false };
}

/** The library's own expression has JavaScript's white space, which counts U+FEFF and not U+0085. */
function byteLevel({ add_prefix_space, use_regex = true }: JsonObject): JsonObject {
  // A part that only the library has; an empty match would be found between the halves of surrogate pairs too.
  const prefix = { type: "Replace", pattern: { Regex: "\\A([^ ])" }, content: " $1" };
  return sequence([
    ...(add_prefix_space === true ? [prefix] : []),
    ...(use_regex === true ? [split(gpt2Pieces)] : []),
    { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
  ]);
}

function splitPunctuation(behavior: unknown): JsonObject {
  if (behavior === "Isolated") return split(punctuation);
  if (behavior === "Contiguous") return split(`${punctuation}+`);
  if (behavior === "Removed") return { ...split(punctuation), behavior };
  return unsupported(`a pre-tokenizer Punctuation with the behavior ${behavior}`);
}

function supportedSplit({ pattern, behavior, invert }: JsonObject): JsonObject {
  const where = `a pre-tokenizer Split with the behavior ${behavior}${invert === true ? ", inverted" : ""}`;
  const at = splitAt(pattern, where);
  if (behavior === "Isolated") return at; // inverted or not: what matches and what lies between are pieces
  if (behavior === "Removed") return { ...at, behavior, invert: invert === true };
  return unsupported(where);
}

/** The library splits at no replacement character; each begins a piece unless `split` is false. */
function metaspace({ replacement, prepend_scheme = "always", split: isSplit = true, str_rep }: JsonObject): JsonObject {
  if (typeof replacement !== "string" || [...replacement].length !== 1) unsupported("a pre-tokenizer Metaspace without one replacement");
  if (str_rep !== undefined && str_rep !== replacement) unsupported("a pre-tokenizer Metaspace with str_rep");
  const replaced = { type: "Metaspace", replacement, prepend_scheme };
  const { Regex: character } = supportedPattern({ String: replacement }, "a pre-tokenizer Metaspace");
  return isSplit === true ? sequence([replaced, split(`${character}[^${character}]*`)]) : replaced;
}
