import type { ConfiguredTokenizer } from "../configured/configured-tokenizer.ts";
import { RustThread } from "../rust-thread.ts";
import type { Engine } from "./engine.ts";
import { withoutHazards } from "./rust-hazards.ts";

let thread: RustThread | undefined;
let handles = 0;
const unused = new FinalizationRegistry<number>((handle) => thread?.free(handle));

/** The official Rust library. All tokenizers of a process share one thread of it. */
export class RustEngine implements Engine {
  readonly #thread: RustThread;
  readonly #handle = handles++;

  constructor({ json }: ConfiguredTokenizer) {
    const safe = withoutHazards(json);
    thread ??= new RustThread();
    this.#thread = thread;
    this.#thread.ask("load", this.#handle, { json: JSON.stringify(safe) });
    unused.register(this, this.#handle);
  }

  encode(text: string, addSpecialTokens: boolean): Int32Array {
    return this.#thread.ask("encode", this.#handle, { text, addSpecialTokens });
  }

  decode(ids: Int32Array, skipSpecialTokens: boolean): string {
    return this.#thread.ask("decode", this.#handle, { ids, skipSpecialTokens });
  }
}
