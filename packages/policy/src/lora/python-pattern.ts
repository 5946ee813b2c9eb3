/** A regular expression of JavaScript's. */
export interface TranslatedPattern {
  readonly source: string;
  readonly flags: string;
}

/** Pieces that are read as one: an escape, the start of a group, a class of characters, a bound without a lower end; or one character. */
const piece =
  /\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|[\s\S])|\(\?P<|\(\?P=\w+\)|\(\?#[^)]*\)|\(\?[a-z-]+[:)]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\{,\d*\}|[\s\S]/gi;

const globalFlags = /^\(\?([aimsu]+)\)/;

/** Escaped letters that mean the same in both, outside of a class and in one. */
const sameLetters = "bBdDfnrsStuvwWx";
const sameLettersInClass = "bdDfnrsStuvwWx";

/**
 * A regular expression of Python's `re`, over text in ASCII without line ends, as JavaScript's. Throws SyntaxError for what JavaScript has no
 * word for: flags for a part of it, verbose ones, conditions, and escapes that Python does not know either.
 */
export function translatePattern(pattern: string): TranslatedPattern {
  const flags = globalFlags.exec(pattern);
  const source = pattern.slice(flags?.[0].length ?? 0).replace(piece, translatedPiece);
  return { source, flags: [...new Set(flags?.[1]?.replace(/[au]/g, ""))].join("") };
}

function translatedPiece(text: string): string {
  if (text.startsWith("\\")) return translatedEscape(text);
  if (text.startsWith("[") && text.length > 1) return translatedClass(text);
  if (text === "(?P<") return "(?<";
  if (text.startsWith("(?P=")) return `\\k<${text.slice(4, -1)}>`;
  if (text.startsWith("(?#")) return "";
  if (text.startsWith("{,") && text.length > 2) return `{0,${text.slice(2)}`;
  if (/^\(\?[a-z-]+[:)]$/i.test(text)) throw new SyntaxError(`"${text}" changes flags for a part, or sets one that is not supported`);
  return text;
}

function translatedEscape(text: string): string {
  const escaped = text[1]!;
  if (escaped === "A") return "(?<![\\s\\S])";
  if (escaped === "Z") return "(?![\\s\\S])";
  if (escaped === "a") return "\\x07";
  if (/[a-z]/i.test(escaped) && !sameLetters.includes(escaped)) throw new SyntaxError(`the escape "${text}" is not supported`);
  if (escaped === "0") throw new SyntaxError("octal escapes are not supported");
  return text;
}

/** In Python a bracket that stands first belongs to the class. */
function translatedClass(whole: string): string {
  const [, start, first, rest] = /^(\[\^?)(\]?)([\s\S]*)\]$/.exec(whole)!;
  const inner = rest!.replace(/\\([\s\S])/g, (text, escaped: string) => {
    if (escaped === "a") return "\\x07";
    if (/[a-z0-9]/i.test(escaped) && !sameLettersInClass.includes(escaped))
      throw new SyntaxError(`the escape "${text}" in a class is not supported`);
    return text;
  });
  return `${start}${first === "]" ? "\\]" : ""}${inner}]`;
}
