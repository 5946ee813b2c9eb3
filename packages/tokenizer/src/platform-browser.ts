import type { ConfiguredTokenizer } from "./configured/configured-tokenizer.ts";
import type { Engine } from "./engine/engine.ts";
import { JavaScriptEngine } from "./engine/javascript/javascript-engine.ts";

/** The library that does what a tokenizer.json says. */
export function createEngine(configured: ConfiguredTokenizer): Engine {
  return new JavaScriptEngine(configured);
}
