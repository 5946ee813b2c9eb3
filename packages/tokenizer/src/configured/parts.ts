import type { JsonObject } from "../files.ts";

/** The lists in which the sequences of tokenizer.json hold their parts: of normalizers, pre-tokenizers, post-processors and decoders. */
const listsOfParts = ["normalizers", "pretokenizers", "processors", "decoders"];

/**
 * A normalizer, pre-tokenizer, post-processor or decoder of tokenizer.json with each of its parts, however deep in sequences, replaced by
 * what `replace` makes of it. Anything else that stands in its place is returned as it is.
 */
export function mapParts(component: unknown, replace: (part: JsonObject) => unknown): unknown {
  if (!isJsonObject(component)) return component;
  for (const list of listsOfParts) {
    const parts = component[list];
    if (Array.isArray(parts)) return { ...component, [list]: parts.map((part) => mapParts(part, replace)) };
  }
  return replace(component);
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
