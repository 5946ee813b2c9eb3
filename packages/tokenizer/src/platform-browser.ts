import type { ConfiguredTokenizer } from "./configured/configured-tokenizer.ts";
import type { Engine } from "./engine/engine.ts";
import { JavaScriptEngine } from "./engine/javascript/javascript-engine.ts";
import { TokenizerError } from "./error.ts";

/** The library that does what a tokenizer.json says. */
export function createEngine(configured: ConfiguredTokenizer): Engine {
  return new JavaScriptEngine(configured);
}

/** There are no folders in a browser. */
export async function readTextIfPresent(path: string): Promise<string | undefined> {
  throw new TokenizerError(
    "missing-file",
    `${path} can't be read in a browser: fetch the files and give their contents to createTokenizer`,
  );
}
