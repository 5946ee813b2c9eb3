import { readFile } from "node:fs/promises";
import { ConstitutionError } from "../error.ts";
import type { Constitution } from "./constitution.ts";
import { defaultConstitutionText } from "./default-constitution.ts";
import { parseConstitution } from "./parse-constitution.ts";

/**
 * A constitution: `"default"`, a file, or text of JSON or YAML (several lines, or an object in braces). See `parseConstitution`.
 *
 * @throws ConstitutionError `bad-constitution`, also where the file can't be read
 * @example
 * const constitution = await readConstitution("default");
 * constitution.principles.length; // 16
 */
export async function readConstitution(fileOrText: "default" | (string & {})): Promise<Constitution> {
  if (fileOrText === "default") return parseConstitution(defaultConstitutionText, "the default constitution");
  if (/\n|^\s*\{/.test(fileOrText)) return parseConstitution(fileOrText);
  const text = await readFile(fileOrText, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new ConstitutionError(
      "bad-constitution",
      `${fileOrText} can't be read (${cause.code}): give a constitution's file, JSON or YAML, or "default"`,
      { cause },
    );
  });
  return parseConstitution(text, fileOrText);
}
