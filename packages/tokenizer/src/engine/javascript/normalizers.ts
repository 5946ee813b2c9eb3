import { isJsonObject } from "../../configured/parts.ts";
import type { JsonObject } from "../../files.ts";
import { supportedPattern } from "./patterns.ts";
import { nameOf, unsupported } from "./unsupported.ts";

/** White space of Unicode; JavaScript's own counts U+FEFF and not U+0085. */
const space = "\\s";
const cjk =
  "\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}";

/** The normalizer in terms that the JavaScript library honours; null for none. */
export function supportedNormalizer(normalizer: unknown): JsonObject | null {
  if (normalizer === null) return null;
  if (!isJsonObject(normalizer)) unsupported("a normalizer that is no object");
  switch (normalizer.type) {
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
    case "StripAccents":
    case "Prepend":
      return normalizer;
    case "Lowercase":
      return lowercase;
    case "Strip":
      return strip(normalizer);
    case "Replace":
      return replace(supportedPattern(normalizer.pattern, "a normalizer Replace"), String(normalizer.content));
    case "BertNormalizer":
      return bertNormalizer(normalizer);
    case "Sequence":
      return sequence((normalizer.normalizers as unknown[]).map(partOfSequence));
    default:
      return unsupported(nameOf("normalizer", normalizer));
  }
}

/** A prefix is only put before texts that are not empty, which the parts before it may have made of one. */
function partOfSequence(part: unknown, index: number): JsonObject | null {
  if (index > 0 && isJsonObject(part) && part.type === "Prepend") unsupported("a normalizer Prepend behind others");
  return supportedNormalizer(part);
}

function sequence(normalizers: readonly unknown[]): JsonObject {
  return { type: "Sequence", normalizers };
}

/** `content` is a text: what JavaScript would fill in is escaped. */
function replace(pattern: JsonObject, content: string): JsonObject {
  return { type: "Replace", pattern, content: content.replaceAll("$", "$$$$") };
}

/** Character by character: JavaScript's own has another final sigma. */
const lowercase = sequence([replace({ Regex: "Σ" }, "σ"), { type: "Lowercase" }]);

function strip({ strip_left, strip_right }: JsonObject): JsonObject {
  const left = strip_left === true ? [replace({ Regex: `\\A${space}+` }, "")] : [];
  const right = strip_right === true ? [replace({ Regex: `${space}+\\z` }, "")] : [];
  return sequence([...left, ...right]);
}

function bertNormalizer({ clean_text, handle_chinese_chars, strip_accents, lowercase: isLowercase }: JsonObject): JsonObject {
  const cleaned = [replace({ Regex: "[\\x00\\uFFFD]|(?![\\t\\n\\r])[\\p{Cc}\\p{Cf}\\p{Co}]" }, ""), replace({ Regex: `${space}` }, " ")];
  const apart = [replace({ Regex: `(?=[${cjk}])` }, " "), replace({ Regex: `(?<=[${cjk}])` }, " ")];
  const withoutAccents = [{ type: "NFD" }, replace({ Regex: "\\p{Mn}" }, "")];
  return sequence([
    ...(clean_text === true ? cleaned : []),
    ...(handle_chinese_chars === true ? apart : []),
    ...((strip_accents ?? isLowercase) === true ? withoutAccents : []),
    ...(isLowercase === true ? [lowercase] : []),
  ]);
}
