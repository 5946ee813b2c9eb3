import { isJsonObject, mapParts } from "../configured/parts.ts";
import type { JsonObject } from "../files.ts";

/** Every regular expression that a tokenizer.json has its texts matched against. */
export function patternsOf(json: JsonObject): readonly string[] {
  const patterns: string[] = [];
  for (const component of [json.normalizer, json.pre_tokenizer, json.decoder]) {
    mapParts(component, (part) => {
      if (isJsonObject(part.pattern) && typeof part.pattern.Regex === "string") patterns.push(part.pattern.Regex);
      return part;
    });
  }
  return patterns;
}
