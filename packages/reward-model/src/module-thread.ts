import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ScoreRequest } from "@cai/contracts";
import { longestTimer } from "@cai/endpoint";
import { isScorerFile } from "../worker/score-rows.mjs";
import { RewardModelError } from "./error.ts";
import { type ImportRefusal, importError } from "./import-error.ts";

/** What the thread says first. */
interface Start {
  readonly loaded?: true;
  /** The module's exports, where none of them is a reward. */
  readonly exports?: readonly string[];
  readonly refusal?: ImportRefusal;
}

type Answer =
  | { readonly id: number; readonly scores?: unknown; readonly failure?: string }
  | { readonly disposed: true; readonly failure?: string };

interface Waiting {
  readonly resolve: (scores: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A reward module in a thread of its own, which ends where the module loops for ever, leaves or breaks; the process goes on. It keeps the
 * process alive only while something is awaited of it.
 */
export class ModuleThread {
  readonly #worker: Worker;
  readonly #name: string;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<number | "dispose", Waiting>();
  #asked = 0;
  /** Why nothing can be asked any more. */
  #ended: RewardModelError | undefined;

  private constructor(worker: Worker, name: string, timeoutMs: number) {
    this.#worker = worker;
    this.#name = name;
    this.#timeoutMs = timeoutMs;
    worker.on("message", (answer: Answer) => this.#settle(answer));
    worker.on("error", (error: unknown) => this.#end("module-failed", `broke: ${error instanceof Error ? error.message : String(error)}`));
    worker.on("exit", (code) => this.#end("module-failed", `ended its thread with code ${code}, as process.exit does`));
    worker.unref();
  }

  /**
   * @param name as messages call it
   * @throws RewardModelError `bad-module`; `timed-out`, `module-failed`
   */
  static async open(
    file: string,
    name: string,
    { timeoutMs, loadTimeoutMs }: { readonly timeoutMs: number; readonly loadTimeoutMs: number },
  ): Promise<ModuleThread> {
    const worker = new Worker(new URL("../worker/module-worker.mjs", import.meta.url), {
      workerData: { file },
      execArgv: loaderFlags(process.execArgv),
    });
    const begun = once(worker, "message").then(
      ([start]): Start => start,
      (error: Error): Start => ({ refusal: { message: error.message } }),
    );
    const left = once(worker, "exit").then(([code]): Start => ({ refusal: { message: leaving(code) } }));
    const limit = new Timer<Start>(loadTimeoutMs);
    try {
      const start = await Promise.race([begun, left, limit.over]);
      if (start?.loaded) return new ModuleThread(worker, name, timeoutMs);
      if (start === undefined) throw tooLong(name, "to load", loadTimeoutMs, "loadTimeoutMs");
      if (start.refusal !== undefined) throw importError(file, start.refusal);
      const wanted = isScorerFile(file)
        ? "a scorer, a function of { input, output, expected }, or a list of scorers"
        : "a function of { prompts, responses }, or an object with a method score";
      throw new RewardModelError(
        "bad-module",
        `${name} exports ${start.exports?.join(", ") || "nothing"}: wanted a default export that is ${wanted}`,
      );
    } catch (error) {
      await worker.terminate();
      throw error;
    } finally {
      limit.stop();
    }
  }

  /** Whether it can be asked. */
  get isAlive(): boolean {
    return this.#ended === undefined;
  }

  /**
   * What the module gives for a request, unchecked. One that takes too long ends the thread.
   *
   * @throws RewardModelError `function-failed`; `timed-out`, `module-failed`; the signal's reason
   */
  async score(request: ScoreRequest, signal: AbortSignal | undefined): Promise<unknown> {
    const id = this.#asked++;
    const abort = () => this.#worker.postMessage({ abort: id });
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await this.#ask(id, { id, request }, "for a batch");
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Lets the module free what it holds, and ends the thread, whatever becomes of that. */
  async dispose(): Promise<void> {
    if (this.#ended !== undefined) return;
    try {
      await this.#ask("dispose", {}, "to be disposed of");
    } finally {
      this.#ended ??= new RewardModelError("disposed", `reward module ${this.#name} has been disposed of: load it again`);
      await this.#worker.terminate();
    }
  }

  async #ask(id: number | "dispose", message: object, what: string): Promise<unknown> {
    if (this.#ended !== undefined) throw this.#ended;
    this.#worker.ref();
    const limit = new Timer<never>(this.#timeoutMs);
    void limit.over.then(() => this.#end("timed-out", tooLong(this.#name, what, this.#timeoutMs).message));
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#worker.postMessage(message);
      });
    } finally {
      limit.stop();
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#worker.unref();
    }
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get("id" in answer ? answer.id : "dispose");
    if (answer.failure === undefined) waiting?.resolve("scores" in answer ? answer.scores : undefined);
    else waiting?.reject(new RewardModelError("function-failed", `reward module ${this.#name} failed: ${answer.failure}`));
  }

  #end(code: "timed-out" | "module-failed", what: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = new RewardModelError(code, code === "timed-out" ? what : `reward module ${this.#name} ${what}`);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    void this.#worker.terminate();
  }
}

/** What a thread that left meanwhile was doing: Node's code 13 is an await at the top that nothing can settle any more. */
const leaving = (code: number): string =>
  code === 13 ? "it waits for what never comes" : `it left with code ${code}, as process.exit does`;

/** Those of Node's flags that say how modules are loaded; a thread refuses some of the others. */
export function loaderFlags(flags: readonly string[]): string[] {
  const names = ["--import", "--require", "-r", "--loader", "--experimental-loader", "--conditions", "-C"];
  return flags.flatMap((flag, at) => {
    if (names.includes(flag)) return [flag, flags[at + 1] ?? ""];
    return names.some((name) => flag.startsWith(`${name}=`)) ? [flag] : [];
  });
}

const tooLong = (name: string, what: string, timeoutMs: number, option = "timeoutMs, --reward-timeout") =>
  new RewardModelError(
    "timed-out",
    `reward module ${name} takes more than ${timeoutMs / 1000} seconds ${what}: mend it, or allow more (${option})`,
  );

/** `over` resolves, with nothing, when the time is over; it keeps the process alive until it is stopped. */
class Timer<Result> {
  readonly over: Promise<Result | undefined>;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.over = new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve(undefined), Math.min(milliseconds, longestTimer));
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
