import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { float16ToFloat32 } from "@cai/safetensors";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { RewardModelError } from "./error.ts";
import { findOnnxRuntime } from "./onnx-runtime.ts";

/** One input of a run; `data` is the array that ONNX Runtime wants for `type`. */
export interface Feed {
  readonly name: string;
  readonly type: Tensor.Type;
  readonly data: BigInt64Array | Int32Array | Float32Array | Float64Array | Uint16Array | Uint8Array;
  readonly shape: readonly number[];
}

/** What a run gave. */
export interface RunResult {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

type Answer = { readonly id: number } & ((RunResult & { readonly type: Tensor.Type }) | { readonly failure: string });

interface Waiting {
  readonly resolve: (result: RunResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * An ONNX Runtime session in a thread of its own, so that a run goes on while the main thread computes: onnxruntime-node's own `run` blocks
 * its caller's thread until it is done.
 *
 * The thread keeps the process alive only while something is awaited of it.
 */
export class SessionThread {
  readonly inputs: readonly InferenceSession.ValueMetadata[];
  readonly outputs: readonly InferenceSession.ValueMetadata[];
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #runs = 0;
  /** Why nothing can be run any more. */
  #ended: string | undefined;
  #closing = false;

  private constructor(worker: Worker, { inputs, outputs }: Pick<SessionThread, "inputs" | "outputs">) {
    this.#worker = worker;
    this.inputs = inputs;
    this.outputs = outputs;
    worker.on("message", (answer: Answer) => this.#settle(answer));
    worker.on("error", (error) => this.#end(error.message));
    worker.on("exit", () => this.#end("its thread has ended"));
    worker.unref();
  }

  /** @throws RewardModelError `missing-runtime`; `bad-model`, naming the file, where ONNX Runtime can't load it. */
  static async open(path: string, sessionOptions: InferenceSession.SessionOptions): Promise<SessionThread> {
    const runtime = findOnnxRuntime();
    // Otherwise ONNX Runtime, once loaded, reports its use to its makers and keeps a log of that in the temporary folder.
    process.env.ORT_DISABLE_TELEMETRY ??= "1";
    // Neither loaders nor flags of the main thread are of use to it.
    const worker = new Worker(new URL("../worker/session-worker.mjs", import.meta.url), {
      workerData: { runtime, path, sessionOptions },
      execArgv: [],
    });
    const [answer] = await once(worker, "message").catch((error: Error) => [{ failure: error.message }]);
    if ("inputs" in answer) return new SessionThread(worker, answer);
    await worker.terminate();
    if (answer.runtimeFailure !== undefined) {
      throw new RewardModelError("missing-runtime", `onnxruntime-node (${fileURLToPath(runtime)}) does not load: ${answer.runtimeFailure}`);
    }
    throw new RewardModelError("bad-model", `${path} can't be loaded by ONNX Runtime: ${answer.failure}${adviceOn(answer.failure)}`);
  }

  /** @throws RewardModelError `run-failed` with ONNX Runtime's reason. */
  async run(feeds: readonly Feed[], output: string): Promise<RunResult> {
    if (this.#ended !== undefined) throw new RewardModelError("run-failed", this.#ended);
    const id = this.#runs;
    this.#runs += 1;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ run: { id, feeds, output } });
    });
  }

  /** Releases the session when the runs begun before are done, and ends the thread. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#closing = true;
    this.#worker.ref();
    const ended = once(this.#worker, "exit");
    this.#worker.postMessage({ release: true });
    await ended;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0 && !this.#closing) this.#worker.unref();
    if ("failure" in answer) waiting?.reject(new RewardModelError("run-failed", answer.failure));
    else waiting?.resolve({ data: numbersOf(answer), shape: answer.shape });
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(new RewardModelError("run-failed", reason));
    this.#waiting.clear();
  }
}

/** Half precision comes as its bits where the language has no numbers for it (Node below 24). */
function numbersOf({ type, data }: { readonly type: Tensor.Type; readonly data: ArrayLike<number> }): ArrayLike<number> {
  return type === "float16" && data instanceof Uint16Array ? float16ToFloat32(data) : data;
}

function adviceOn(failure: string): string {
  if (/protobuf/i.test(failure)) return " The file is truncated or no ONNX model: fetch or export it again.";
  if (/Unsupported data type: 16\b/.test(failure))
    return " That is bfloat16, which onnxruntime-node can't read: export in float32 or float16.";
  return "";
}
