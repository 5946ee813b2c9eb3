import { valueError } from "./error.ts";
import type { Meter } from "./meter.ts";
import { intArgument, textArgument } from "./signature.ts";
import { strip, whitespace } from "./text.ts";
import type { Value } from "./values.ts";

/** The parts of a text between separators, of which no more than `most` are looked at; each costs half a step. */
export function splitAt(text: string, separator: string, most: number, meter: Meter): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = text.indexOf(separator); at >= 0 && parts.length !== most; at = text.indexOf(separator, start)) {
    meter.spend(0.5);
    parts.push(text.slice(start, at));
    start = at + separator.length;
  }
  parts.push(text.slice(start));
  return parts;
}

/** Python's split and rsplit: by a separator, or at white space. The count of splits goes from the left or from the right. */
export function split(text: string, [separator, limit]: readonly (Value | undefined)[], side: "left" | "right", meter: Meter): string[] {
  meter.text(text.length);
  const most = limit === undefined ? -1 : intArgument(limit);
  if ((separator ?? null) === null) return atSpaces(text, most, side, meter);
  const by = textArgument(separator!, "the separator");
  if (by === "") throw valueError("empty separator");
  if (side === "right") return fromTheRight(text, by, most, meter);
  return splitAt(text, by, most, meter);
}

function fromTheRight(text: string, by: string, most: number, meter: Meter): string[] {
  const parts: string[] = [];
  let end = text.length;
  while (most < 0 || parts.length < most) {
    const at = end < by.length ? -1 : text.lastIndexOf(by, end - by.length);
    if (at < 0) break;
    meter.spend(1);
    parts.push(text.slice(at + by.length, end));
    end = at;
  }
  return [...parts, text.slice(0, end)].reverse();
}

function atSpaces(text: string, most: number, side: "left" | "right", meter: Meter): string[] {
  const trimmed = strip(text, null);
  if (trimmed === "") return [];
  if (side === "right" && most >= 0) return atSpacesFromTheRight(trimmed, text, most, meter);
  const gap = new RegExp(`[${whitespace}]+`, "g");
  const parts: string[] = [];
  let start = 0;
  for (let match = gap.exec(trimmed); match !== null && parts.length !== most; match = gap.exec(trimmed)) {
    meter.spend(1);
    parts.push(trimmed.slice(start, match.index));
    start = gap.lastIndex;
  }
  const rest = trimmed.slice(start);
  // What isn't split any more keeps the white space at its end.
  return [...parts, parts.length === most ? strip(text, null, "left").slice(start) : rest];
}

function atSpacesFromTheRight(trimmed: string, text: string, most: number, meter: Meter): string[] {
  const words = atSpaces(trimmed, -1, "left", meter);
  if (words.length <= most) return words;
  let rest = strip(text, null, "right");
  const last = words.slice(words.length - most);
  for (const word of last.toReversed()) rest = strip(rest.slice(0, rest.length - word.length), null, "right");
  return rest === "" ? last : [rest, ...last];
}
