import type { Request } from "./decode-worker.ts";
import type { EngineThread } from "./engine-thread.ts";

/**
 * Sends an engine's thread its requests with one under way while the next is prepared, so that both threads have work, and no more than two
 * weights are in memory.
 */
export class RequestPipeline {
  readonly #thread: EngineThread;
  readonly #memory: ArrayBuffer[] = [];
  #underWay: Promise<unknown> = Promise.resolve();

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

  /** Sends a request. Resolves when the one before it is answered; rejects with that one's error. */
  async send(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<void> {
    const before = this.#underWay;
    this.#underWay = this.#thread.ask(request, transfer).then(({ memory }) => {
      if (memory !== undefined) this.#memory.push(memory);
    });
    this.#underWay.catch(() => {}); // thrown by whoever sends or drains next
    await before;
  }

  /** Resolves when the last request is answered; rejects with its error. */
  async drained(): Promise<void> {
    await this.#underWay;
  }
}
