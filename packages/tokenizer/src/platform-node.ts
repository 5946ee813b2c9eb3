import type { ConfiguredTokenizer } from "./configured/configured-tokenizer.ts";
import type { Engine } from "./engine/engine.ts";
import { RustEngine } from "./engine/rust-engine.ts";

/** The library that does what a tokenizer.json says. */
export function createEngine(configured: ConfiguredTokenizer): Engine {
  return new RustEngine(configured);
}
