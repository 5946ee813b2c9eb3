import type { Meter } from "./meter.ts";
import { sliceItems, slicePositions } from "./slices.ts";
import type { Value } from "./values.ts";

/** The characters of `str.isspace`, which are not those of JavaScript's `\s`. For a class of a regular expression. */
export const whitespace = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const surrogate = /[\ud800-\udfff]/;

/** What `list(text)` gives: a string for each code point. */
export function codePoints(text: string, meter: Meter): string[] {
  meter.text(text.length);
  meter.spend(text.length / 4);
  return surrogate.test(text) ? Array.from(text) : text.split("");
}

export function codePointLength(text: string, meter: Meter): number {
  meter.text(text.length);
  return surrogate.test(text) ? codePoints(text, meter).length : text.length;
}

export function sliceText(text: string, start: Value, stop: Value, step: Value, meter: Meter): string {
  meter.text(text.length);
  if (surrogate.test(text)) return sliceItems(codePoints(text, meter), start, stop, step).join("");
  const { first, end, stride } = slicePositions(text.length, start, stop, step);
  if (stride === 1) return text.slice(first, Math.max(first, end));
  return sliceItems(codePoints(text, meter), start, stop, step).join("");
}

/** A code point by its index, which may be negative; undefined beyond the ends. */
export function codePointAt(text: string, index: number, meter: Meter): string | undefined {
  meter.text(text.length);
  if (!surrogate.test(text)) return text[index < 0 ? index + text.length : index];
  return codePoints(text, meter).at(index);
}

/** The index in code points of an index in JavaScript's units. */
export function codePointIndex(text: string, unit: number, meter: Meter): number {
  return unit < 0 ? unit : codePointLength(text.slice(0, unit), meter);
}

const spaceCharacter = new RegExp(`[${whitespace}]`);

/** Python's strip, lstrip and rstrip. `characters` null is white space. */
export function strip(text: string, characters: string | null, sides: "both" | "left" | "right" = "both"): string {
  const set = characters === null ? undefined : new Set(characters);
  const goes = (character: string) => (set === undefined ? spaceCharacter.test(character) : set.has(character));
  let start = 0;
  let end = text.length;
  if (sides !== "right") {
    for (let next = characterFrom(text, start); next !== "" && goes(next); next = characterFrom(text, start)) start += next.length;
  }
  if (sides !== "left") {
    for (let last = characterBefore(text, start, end); last !== "" && goes(last); last = characterBefore(text, start, end)) {
      end -= last.length;
    }
  }
  return text.slice(start, end);
}

function characterFrom(text: string, start: number): string {
  const code = text.codePointAt(start);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function characterBefore(text: string, start: number, end: number): string {
  if (end <= start) return "";
  const pair = end - start >= 2 ? text.slice(end - 2, end) : "";
  return pair.length === 2 && (pair.codePointAt(0) ?? 0) > 0xffff ? pair : text[end - 1]!;
}

/** How Python orders texts: by code points, where JavaScript goes by units. */
export function compareText(left: string, right: string, meter: Meter): number {
  meter.text(Math.min(left.length, right.length));
  if (left === right) return 0;
  if (!surrogate.test(left) && !surrogate.test(right)) return left < right ? -1 : 1;
  const [mine, others] = [codePoints(left, meter), codePoints(right, meter)];
  const differs = mine.findIndex((character, index) => character !== others[index]);
  if (differs < 0) return -1;
  const other = others[differs];
  return other === undefined || mine[differs]!.codePointAt(0)! > other.codePointAt(0)! ? 1 : -1;
}

/** The characters that end a line, for a class of a regular expression. */
const lineEnds = "\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029";
const lineEnd = new RegExp(`\\r\\n|[${lineEnds}]`, "g");

/** Python's splitlines. */
export function splitLines(text: string, keepEnds: boolean, meter: Meter): string[] {
  meter.text(text.length);
  const lines: string[] = [];
  let start = 0;
  for (const match of text.matchAll(lineEnd)) {
    meter.spend(1);
    const end = match.index + match[0].length;
    lines.push(text.slice(start, keepEnds ? end : match.index));
    start = end;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}
