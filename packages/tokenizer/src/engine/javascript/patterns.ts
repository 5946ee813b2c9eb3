import { isJsonObject } from "../../configured/parts.ts";
import type { JsonObject } from "../../files.ts";
import { unsupported } from "./unsupported.ts";

/**
 * `pattern` of a Split or Replace as a regular expression that the JavaScript library takes to mean what Oniguruma takes it to mean. Texts
 * become expressions too: the library forgets what it should drop where the pattern is a text.
 *
 * Supported are characters, classes without classes inside, categories of Unicode, white space, repetition, alternatives, groups, looking
 * ahead and behind, and letters without regard to their case.
 */
export function supportedPattern(pattern: unknown, where: string): JsonObject {
  const { String: text, Regex: regex } = isJsonObject(pattern) ? pattern : {};
  if (typeof text === "string" && text !== "") return { Regex: text.replace(/[^\p{L}\p{N}]/gu, escaped) };
  if (typeof regex !== "string") unsupported(`a pattern of ${where} that is neither a text nor a regular expression`);
  const rest = regex.replace(supportedTokens, "");
  if (rest !== "") unsupported(`the regular expression ${regex} of ${where} (from ${rest.slice(0, 12)} on)`);
  if (matchesNothing(regex)) unsupported(`the regular expression ${regex} of ${where}, which matches the empty text,`);
  const groups = [...regex.matchAll(caseInsensitiveGroup)].map(([, body]) => body!);
  if (groups.some((body) => ligature.test(body))) unsupported(`the regular expression ${regex} of ${where}, whose letters have ligatures,`);
  return { Regex: regex.replace(caseInsensitiveGroup, (_, body: string) => `(?:${body.replace(/[A-Za-z]/g, bothCases)})`) };
}

const caseInsensitiveGroup = /\(\?i:([A-Za-z'|]*)\)/g;
/** Letters that fold to one character together, as the two of "ß" do. */
const ligature = /ss|st|ff|fi|fl/i;
const category = "(?:L|Lu|Ll|Lt|Lm|Lo|M|Mn|Mc|Me|N|Nd|Nl|No|P|S|Z|Zs|Han|Hiragana|Katakana|Latin|Cyrillic|Greek|Hangul)";
const escapeSequence = String.raw`\\(?:[sSrntfv]|[pP]\{${category}\}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^\p{L}\p{N}\s])`;
const characterOfClass = String.raw`(?:${escapeSequence}|[^\\\[\]&])`;
const supportedTokens = new RegExp(
  [
    "^(?:",
    [
      String.raw`\(\?i:[A-Za-z'|]*\)`,
      String.raw`\((?:\?(?:[:=!]|<[=!])|(?!\?))`,
      String.raw`\)`,
      String.raw`\|`,
      String.raw`\[\^?${characterOfClass}+\]`,
      escapeSequence,
      String.raw`[^\\\[\](){}*+?|^$]`,
      String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})(?:\?|(?![*+?{]))`,
    ].join("|"),
    ")*",
  ].join(""),
  "u",
);

function escaped(character: string): string {
  return character < "\u0080" && character > " " ? `\\${character}` : character;
}

/** Also the letters beyond ASCII that fold to s and k. */
function bothCases(letter: string): string {
  const lower = letter.toLowerCase();
  return `[${lower}${letter.toUpperCase()}${lower === "s" ? "ſ" : lower === "k" ? "\u212a" : ""}]`;
}

function matchesNothing(regex: string): boolean {
  const simple = regex.replace(/\\[pP]\{\w+\}/g, "x").replace(caseInsensitiveGroup, "(?:$1)");
  return new RegExp(`^(?:${simple})$`).test("");
}
