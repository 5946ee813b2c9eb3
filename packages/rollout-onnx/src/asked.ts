import type { Request } from "./decode-worker.ts";
import type { EngineThread } from "./engine-thread.ts";

/** Requests of which one is under way while the next is prepared, so that both threads have work, and no more than two weights are in memory. */
export class Asked {
  readonly #thread: EngineThread;
  readonly #memory: ArrayBuffer[] = [];
  #before: Promise<unknown> = Promise.resolve();

  constructor(thread: EngineThread) {
    this.#thread = thread;
  }

  /** The same numbers in memory of their own, which may have come back from an earlier weight. */
  copyOf(numbers: Float32Array): Float32Array<ArrayBuffer> {
    const fitting = this.#memory.findIndex(({ byteLength }) => byteLength >= numbers.byteLength);
    if (fitting < 0) return numbers.slice();
    const [memory] = this.#memory.splice(fitting, 1);
    const copy = new Float32Array(memory!, 0, numbers.length);
    copy.set(numbers);
    return copy;
  }

  /** Resolves when the one before is answered; rejects with its error. */
  async ask(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<void> {
    const before = this.#before;
    this.#before = this.#thread.ask(request, transfer).then(({ memory }) => {
      if (memory !== undefined) this.#memory.push(memory);
    });
    this.#before.catch(() => {}); // seen by who asks next
    await before;
  }

  /** Rejects with the last one's error. */
  async settled(): Promise<void> {
    await this.#before;
  }
}
