import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { TokenizerError } from "./error.ts";

/** How long the thread may take until it answers for the first time, in milliseconds. */
const startLimit = 120_000;

/** For a text whose tokenizer a stranger wrote, in milliseconds: a prompt takes one or two. */
const guardedLimit = 5000;

interface Answers {
  readonly load: undefined;
  readonly encode: Int32Array;
  readonly decode: string;
}

interface Requests {
  readonly load: { readonly json: string };
  readonly encode: { readonly text: string; readonly addSpecialTokens: boolean };
  readonly decode: { readonly ids: Int32Array; readonly skipSpecialTokens: boolean };
}

interface Answer {
  readonly value: Answers[keyof Answers];
  /** The library's reason to refuse. */
  readonly failure?: string;
  /** Why there is no library. */
  readonly unavailable?: string;
  /** Why it was stopped, where it is guarded. */
  readonly stopped?: string;
}

/**
 * The thread that runs the Rust library. The caller sleeps until it has answered: the library's own calls answer by promises, which no
 * synchronous function can wait for in the thread that it runs in. It keeps no process alive.
 *
 * One that is `guarded` runs each tokenizer in a process of its own: what takes too long is stopped, and where the library ends its process
 * (a regular expression that gives up after ten million steps does that), this one goes on.
 */
export class RustThread {
  readonly #port: MessagePort;
  readonly #answers = new Int32Array(new SharedArrayBuffer(4));
  #hasAnswered = false;
  #ended: string | undefined;

  constructor({ guarded = false, limitMs = guardedLimit }: { readonly guarded?: boolean; readonly limitMs?: number } = {}) {
    const file = guarded
      ? new URL("../worker/tokenizers-guard.mjs", import.meta.url)
      : new URL("../worker/tokenizers-worker.mjs", import.meta.url);
    if (!existsSync(fileURLToPath(file))) {
      const message = `${fileURLToPath(file)} is missing: keep @cai/tokenizer out of bundles for Node (mark it external), or install it again`;
      throw new TokenizerError("engine-failed", message);
    }
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    // Neither loaders nor flags of the main thread are of use to it.
    const worker = new Worker(file, {
      workerData: { port: port2, answers: this.#answers, limitMs, startLimitMs: startLimit },
      transferList: [port2],
      execArgv: [],
    });
    worker.on("error", (error) => this.#end(error.message));
    worker.on("exit", () => this.#end("its thread has ended"));
    worker.unref();
  }

  /** Throws a plain error with the library's reason; TokenizerError `engine-failed`, `too-costly` where it was stopped. */
  ask<Operation extends keyof Requests>(operation: Operation, handle: number, request: Requests[Operation]): Answers[Operation] {
    if (this.#ended !== undefined) throw new TokenizerError("engine-failed", `tokenizers can't be used any more: ${this.#ended}`);
    this.#port.postMessage({ operation, handle, ...request });
    const { value, failure, unavailable, stopped } = this.#nextAnswer();
    if (unavailable !== undefined) {
      const message = `the package tokenizers can't be loaded: ${unavailable}: install it again, on a system that it has a binary for`;
      throw new TokenizerError("engine-failed", message);
    }
    if (stopped !== undefined)
      throw new TokenizerError("too-costly", `${stopped}: its regular expressions or replacements may have no end`);
    if (failure !== undefined) throw new Error(failure);
    return value as Answers[Operation];
  }

  #nextAnswer(): Answer {
    for (;;) {
      const seen = Atomics.load(this.#answers, 0);
      const received = receiveMessageOnPort(this.#port);
      if (received !== undefined) {
        this.#hasAnswered = true;
        return received.message;
      }
      const limit = this.#hasAnswered ? Number.POSITIVE_INFINITY : startLimit;
      // The thread may wake this one for an answer that was already taken.
      if (Atomics.wait(this.#answers, 0, seen, limit) !== "timed-out") continue;
      this.#end(`their thread did not start within ${startLimit / 1000} seconds`);
      throw new TokenizerError("engine-failed", `tokenizers can't be used: ${this.#ended}`);
    }
  }

  /** Gives back the memory of a tokenizer; waits for nothing. */
  free(handle: number): void {
    this.#port.postMessage({ operation: "free", handle });
  }

  #end(reason: string): void {
    this.#ended ??= reason;
  }
}
