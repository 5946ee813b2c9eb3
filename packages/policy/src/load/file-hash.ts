import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { PolicyError } from "../error.ts";

/** A text in UTF-8, and then bytes of a file that is open. */
export interface HashedPiece {
  readonly text: string;
  readonly descriptor: number;
  readonly position: number;
  readonly byteLength: number;
}

/**
 * The SHA-256 over pieces of files, made in a thread of its own beside other work. It reads the files itself, through the descriptors
 * given, so that a file which is replaced meanwhile stays the same one; they must be open until `end` has resolved.
 */
export class FileHash {
  readonly #worker: Worker;
  readonly #digest: Promise<string>;

  /** @param where names what is hashed, for messages */
  constructor(pieces: readonly HashedPiece[], where: string) {
    // Neither loaders nor flags of the main thread are of use to it.
    this.#worker = new Worker(new URL("../../worker/hash-worker.mjs", import.meta.url), { workerData: pieces, execArgv: [] });
    this.#digest = once(this.#worker, "message").then(
      ([digest]) => digest,
      (cause) => {
        throw new PolicyError("cannot-read", `${where} can't be hashed: ${(cause as Error).message}`, { cause });
      },
    );
    this.#digest.catch(() => undefined); // whoever asks for it is told
  }

  /** Hexadecimal. Rejects with PolicyError `cannot-read`. */
  digest(): Promise<string> {
    return this.#digest;
  }

  /** Ends the thread, whether it is done or not. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
