import { isJsonObject, mapParts } from "../configured/parts.ts";
import type { JsonObject } from "../files.ts";

/** The longest that Unicode's own tables write for one character has 18; more was made up. */
const longestOfUnicode = 18;

/**
 * How many times as long as a text the steps of a tokenizer.json may make it, at most. Steps that can't multiply what came before (lower case,
 * Unicode's forms, what stands in front) count as 1.
 */
export function textGrowth(components: readonly unknown[]): number {
  let growth = 1;
  for (const component of components) {
    mapParts(component, (part) => {
      growth *= growthOf(part);
      return part;
    });
  }
  return growth;
}

function growthOf({ type, pattern, content, precompiled_charsmap: charsmap }: JsonObject): number {
  if (type === "ByteLevel") return 2; // a byte becomes a character of up to two
  if (type === "Precompiled" && typeof charsmap === "string") {
    const longest = longestText(Buffer.from(charsmap, "base64"));
    return longest > longestOfUnicode ? longest : 1;
  }
  if (type !== "Replace" || typeof content !== "string" || !isJsonObject(pattern)) return 1;
  const { String: text, Regex: regex } = pattern;
  if (typeof text === "string" && text !== "") return Math.max(1, content.length / text.length);
  return typeof regex === "string" && alwaysTakesSome(regex) ? Math.max(1, content.length) : content.length + 1;
}

/** What can match nothing may do so between any two characters. */
const alwaysTakesSome = (regex: string): boolean => regex !== "" && !/[*?|^$(]|\{0*,|\{0+\}|\\[bBAzZGKXROyYkg]/.test(regex);

/** Of the texts that end with a zero, whatever stands before them. */
function longestText(bytes: Uint8Array): number {
  const size = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  let longest = 0;
  for (let start = 4 + size; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    const stop = end < 0 ? bytes.length : end;
    longest = Math.max(longest, stop - start);
    start = stop + 1;
  }
  return longest;
}
