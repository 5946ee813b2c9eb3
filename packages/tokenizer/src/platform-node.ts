import { dirname } from "node:path";
import { readTextFile } from "@cai/whole-file";
import type { ConfiguredTokenizer } from "./configured/configured-tokenizer.ts";
import type { Engine } from "./engine/engine.ts";
import { RustEngine } from "./engine/rust-engine.ts";
import { TokenizerError } from "./error.ts";

/** The library that does what a tokenizer.json says. */
export function createEngine(configured: ConfiguredTokenizer): Engine {
  return new RustEngine(configured);
}

/** A text file's content, undefined where there is no such file. */
export async function readTextIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readTextFile(path, { within: dirname(path) });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new TokenizerError("invalid-file", `${path} can't be read: ${message}`, { cause });
  }
}
