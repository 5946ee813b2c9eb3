import type { ConfiguredTokenizer } from "../configured/configured-tokenizer.ts";
import { TokenizerError } from "../error.ts";
import { RustThread } from "../rust-thread.ts";
import type { Engine } from "./engine.ts";
import { patternsOf } from "./patterns-of.ts";
import { isPlainPattern } from "./plain-pattern.ts";
import { withoutHazards } from "./rust-hazards.ts";
import { textGrowth } from "./text-growth.ts";

const threads: { plain?: RustThread; guarded?: RustThread } = {};
let handles = 0;
const unused = new FinalizationRegistry<{ readonly thread: RustThread; readonly handle: number }>(({ thread, handle }) =>
  thread.free(handle),
);

/** Beyond what any text's length and this many characters allow, a text was made to grow. */
const mostCharacters = 2 ** 26;

/**
 * The official Rust library. All tokenizers of a process share one thread of it; those with regular expressions that could take for ever have
 * processes of their own, which costs some tenths of a millisecond a call.
 */
export class RustEngine implements Engine {
  readonly #thread: RustThread;
  readonly #handle = handles++;
  readonly #growth: { readonly encoding: number; readonly decoding: number };

  constructor({ json }: ConfiguredTokenizer) {
    const safe = withoutHazards(json);
    this.#growth = { encoding: textGrowth([json.normalizer, json.pre_tokenizer]), decoding: textGrowth([json.decoder]) };
    const kind = patternsOf(json).every(isPlainPattern) ? "plain" : "guarded";
    threads[kind] ??= new RustThread({ guarded: kind === "guarded" });
    this.#thread = threads[kind];
    this.#thread.ask("load", this.#handle, { json: JSON.stringify(safe) });
    unused.register(this, { thread: this.#thread, handle: this.#handle });
  }

  encode(text: string, addSpecialTokens: boolean): Int32Array {
    refuseGrowth(text.length, this.#growth.encoding);
    return this.#thread.ask("encode", this.#handle, { text, addSpecialTokens });
  }

  decode(ids: Int32Array, skipSpecialTokens: boolean): string {
    refuseGrowth(ids.length, this.#growth.decoding);
    return this.#thread.ask("decode", this.#handle, { ids, skipSpecialTokens });
  }
}

function refuseGrowth(length: number, growth: number): void {
  if (length * growth <= Math.max(mostCharacters, 8 * length)) return;
  throw new TokenizerError("too-costly", `the replacements of its tokenizer.json could make ${growth} times as long a text of it`);
}
