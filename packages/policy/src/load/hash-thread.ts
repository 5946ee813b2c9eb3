import { Worker } from "node:worker_threads";
import { PolicyError } from "../error.ts";
import { workerFolder } from "../worker-folder.ts";

/** What a thread has come to, in memory that both see. */
const states = { waiting: 0, started: 1, done: 2, failed: 3 };

/** A thread that has not started after so many milliseconds never will. */
const longestStart = 300_000;

/** In bytes: the state and how long the result is, and room for it. */
const [stateBytes, resultBytes] = [8, 1024];

/** A thread that makes a hash beside other work. It keeps no process from ending. */
export class HashThread {
  /** Resolves once there is no such thread any more. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #where: string;
  readonly #shared = new SharedArrayBuffer(stateBytes + resultBytes);
  readonly #state = new Int32Array(this.#shared, 0, 2);

  /**
   * @param script in the folder `worker`
   * @param given what it finds in `workerData`
   * @param where names what is hashed, for messages
   */
  constructor(script: string, given: Readonly<Record<string, unknown>>, where: string) {
    this.#where = where;
    this.#worker = new Worker(new URL(script, workerFolder), {
      workerData: { ...given, shared: this.#shared, states },
      execArgv: [], // neither loaders nor flags of the main thread are of use to it
    });
    this.ended = new Promise((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.once("error", ({ message }) => this.#fail(message));
    this.#worker.unref();
  }

  /**
   * Hexadecimal. Until the thread is done, which takes about a second for two gigabytes, the caller's stands still. Throws PolicyError
   * `cannot-read`.
   */
  digest(): string {
    this.start();
    Atomics.wait(this.#state, 0, states.started);
    const text = new TextDecoder().decode(new Uint8Array(this.#shared, stateBytes, this.#state[1]).slice());
    if (this.#state[0] === states.done) return text;
    throw new PolicyError("cannot-read", `${this.#where} can't be hashed: ${text}`);
  }

  /** Waits until the thread runs; throws PolicyError `cannot-read` if it never does. */
  start(): void {
    if (Atomics.wait(this.#state, 0, states.waiting, longestStart) === "timed-out")
      throw new PolicyError("cannot-read", `${this.#where} can't be hashed: no thread could be started for it`);
  }

  /** Ends the thread, whether it is done or not. */
  async end(): Promise<void> {
    await this.#worker.terminate();
    this.#fail("it was given up");
  }

  /** For a thread that came to no end by itself. */
  #fail(message: string): void {
    if (this.#state[0]! >= states.done) return;
    this.#state[1] = new TextEncoder().encodeInto(message, new Uint8Array(this.#shared, stateBytes)).written;
    Atomics.store(this.#state, 0, states.failed);
  }
}
