import { TokenizerError } from "./error.ts";

/** Every file that a tokenizer of a Hugging Face folder may consist of; only the first is required. */
export const tokenizerFileNames = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "chat_template.jinja",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
] as const;

/** A JSON object whose fields nobody has checked yet. */
export type JsonObject = Record<string, unknown>;

/** The named file as a JSON object; undefined where it is absent. */
export function parseJsonFile(files: ReadonlyMap<string, string>, name: string, where: string): JsonObject | undefined {
  const text = files.get(name);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TokenizerError("invalid-file", `${where}: ${name} is not JSON (${(cause as Error).message}): fetch it again`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TokenizerError("invalid-file", `${where}: ${name} holds no JSON object: fetch it again`);
  }
  return value as JsonObject;
}
