import { unsupported } from "./error.ts";
import { whitespace } from "./text.ts";

/** Letters whose title case is neither their lower nor their upper case. */
const titleDigraphs: Readonly<Record<string, string>> = { Ǆ: "ǅ", ǆ: "ǅ", Ǉ: "ǈ", ǉ: "ǈ", Ǌ: "ǋ", ǌ: "ǋ", Ǳ: "ǲ", ǳ: "ǲ" };

function titleLetter(letter: string): string {
  const digraph = titleDigraphs[letter];
  if (digraph !== undefined) return digraph;
  if (/[\u01c5\u01c8\u01cb\u01f2\u10d0-\u10ff]/.test(letter)) return letter;
  if (/[\u1f80-\u1fff]/.test(letter) && letter.toUpperCase().length > 1) throw unsupported(`the title case of "${letter}"`);
  const [first = "", ...rest] = letter.toUpperCase();
  // Of ß comes Ss, and of ŉ, which begins with an apostrophe, ʼN.
  return /\p{Lu}/u.test(first) ? first + rest.join("").toLowerCase() : first + rest.join("");
}

export function capitalize(text: string): string {
  const [first = ""] = text;
  return titleLetter(first) + lowerRest(text, first);
}

/** Lower case of what follows; a sigma there is final or not by what stands before it. */
const lowerRest = (text: string, first: string): string =>
  /\u03a3/.test(text) ? text.toLowerCase().slice(first.toLowerCase().length) : text.slice(first.length).toLowerCase();

const cased = /\p{Cased}+/gu;

export const titleCase = (text: string): string => text.replace(cased, (word) => capitalize(word));

export function swapCase(text: string): string {
  return Array.from(text, (letter) => (/\p{Uppercase}/u.test(letter) ? letter.toLowerCase() : letter.toUpperCase())).join("");
}

/** `casefold` of ASCII; of other letters it is not their lower case. */
export function caseFold(text: string): string {
  if (/[^\0-\x7f]/.test(text)) throw unsupported("casefold of letters beyond ASCII");
  return text.toLowerCase();
}

const every = (category: string) => new RegExp(`^[${category}]+$`, "u");

const isUpper = (text: string) => /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
const isLower = (text: string) => /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);

/** Python's questions about the characters of a text. */
export const characterTests: Readonly<Record<string, (text: string) => boolean>> = {
  isalnum: (text) => every("\\p{L}\\p{N}").test(text),
  isalpha: (text) => every("\\p{L}").test(text),
  isascii: (text) => !/[^\0-\x7f]/.test(text),
  isdecimal: (text) => every("\\p{Nd}").test(text),
  isdigit: (text) => every("\\p{Nd}\\u00b2\\u00b3\\u00b9\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468").test(text),
  isidentifier: (text) => /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(text),
  islower: isLower,
  isnumeric: (text) => {
    if (/\p{Script=Han}/u.test(text)) throw unsupported("isnumeric of Chinese characters");
    return every("\\p{N}").test(text);
  },
  isprintable: (text) => !/[^\x20\P{C}]|[^\x20\P{Z}]/u.test(text),
  isspace: (text) => new RegExp(`^[${whitespace}]+$`).test(text),
  istitle: (text) => (isUpper(text) || isLower(text) || /\p{L}/u.test(text)) && titleCase(text) === text && /\p{Lu}|\p{Lt}/u.test(text),
  isupper: isUpper,
};
