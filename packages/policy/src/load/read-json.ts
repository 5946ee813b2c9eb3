import { readTextFile } from "@cai/whole-file";
import { dirname } from "@cai/whole-file/system";
import { PolicyError } from "../error.ts";

/** A file that holds a JSON object, and its text; undefined where there is no such file. Throws PolicyError. */
export async function readJsonObject(path: string): Promise<{ text: string; json: Record<string, unknown> } | undefined> {
  let text: string;
  try {
    text = await readTextFile(path, { within: dirname(path) });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new PolicyError("missing-file", `${path} can't be read: ${message}`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new PolicyError("bad-config", `${path} is not JSON (${(cause as Error).message}): fetch it again`, { cause });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new PolicyError("bad-config", `${path} holds no JSON object: fetch it again`);
  return { text, json: json as Record<string, unknown> };
}
