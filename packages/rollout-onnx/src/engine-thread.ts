import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Answer, Request } from "./decode-worker.ts";
import type { EngineOptions } from "./engine.ts";
import { RolloutError } from "./error.ts";
import { findOnnxRuntime } from "./find-onnx-runtime.ts";

interface Waiting {
  readonly resolve: (answer: Exclude<Answer, { failure: unknown }>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * An engine in a thread of its own; it answers requests in their order. It keeps the process alive only while something is awaited of it.
 */
export class EngineThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #ended: RolloutError | undefined;

  /** @throws RolloutError `missing-runtime` */
  constructor(options: EngineOptions) {
    this.#worker = startWorker(options);
    this.#worker.on("message", (answer: Answer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#end(new RolloutError("run-failed", error.message, { cause: error })));
    this.#worker.on("exit", () => this.#end(new RolloutError("run-failed", "the engine's thread has ended")));
    this.#worker.unref();
  }

  /** Rejects with RolloutError. */
  async ask(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Exclude<Answer, { failure: unknown }>> {
    if (this.#ended !== undefined) throw this.#ended;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  /** Ends the thread; what is awaited of it is rejected. */
  async end(): Promise<void> {
    if (this.#ended !== undefined) return;
    const ended = once(this.#worker, "exit");
    await this.#worker.terminate();
    await ended;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.shift()!;
    if (this.#waiting.length === 0) this.#worker.unref();
    if ("failure" in answer) waiting.reject(new RolloutError(answer.failure.code, answer.failure.message));
    else waiting.resolve(answer);
  }

  #end(error: RolloutError): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** From the built package as it is; in a clone from the source. */
function startWorker(options: EngineOptions): Worker {
  const workerData = { ...options, runtime: findOnnxRuntime() };
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./decode-worker.js", import.meta.url), { workerData, execArgv: [] });
  return new Worker(new URL("./decode-worker-from-source.mjs", import.meta.url), { workerData, execArgv: ["--conditions", "@cai/source"] });
}
