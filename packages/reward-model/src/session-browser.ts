import { float16ToFloat32 } from "@cai/safetensors";
import { open } from "@cai/whole-file/system";
import type { InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { RewardModelError } from "./error.ts";
import type { Feed, RunResult } from "./session-thread.ts";

type OnnxRuntime = typeof import("onnxruntime-web/wasm");

/** An ONNX Runtime session in a browser, in the thread that asks for it: where training runs in a worker, in that worker. */
export class SessionThread {
  readonly inputs: readonly InferenceSession.ValueMetadata[];
  readonly outputs: readonly InferenceSession.ValueMetadata[];
  readonly #runtime: OnnxRuntime;
  readonly #session: InferenceSession;

  private constructor(runtime: OnnxRuntime, session: InferenceSession) {
    this.#runtime = runtime;
    this.#session = session;
    this.inputs = session.inputMetadata;
    this.outputs = session.outputMetadata;
  }

  /** @throws RewardModelError `missing-runtime`; `bad-model`, naming the file, where ONNX Runtime can't load it. */
  static async open(path: string, { logSeverityLevel }: InferenceSession.SessionOptions): Promise<SessionThread> {
    const runtime = await import("onnxruntime-web/wasm").catch((cause: unknown) => {
      throw new RewardModelError("missing-runtime", `ONNX reward models are scored by onnxruntime-web, which does not load: ${cause}`, {
        cause,
      });
    });
    const bytes = await wholeFile(path);
    try {
      const options = { executionProviders: ["wasm"], ...(logSeverityLevel !== undefined && { logSeverityLevel }) };
      return new SessionThread(runtime, await runtime.InferenceSession.create(bytes, options));
    } catch (cause) {
      const { message } = cause as Error;
      if (!/no available backend/i.test(message))
        throw new RewardModelError("bad-model", `${path} can't be loaded by ONNX Runtime: ${message}`, { cause });
      throw new RewardModelError(
        "missing-runtime",
        `onnxruntime-web does not start (${message}): serve the files ort-wasm-simd-threaded.* of onnxruntime-web/dist with the page, and name their ` +
          "folder to env.wasm.wasmPaths of onnxruntime-web/wasm",
        { cause },
      );
    }
  }

  /** @throws RewardModelError `run-failed` with ONNX Runtime's reason. */
  async run(feeds: readonly Feed[], output: string): Promise<RunResult> {
    const tensors: Record<string, Tensor> = {};
    try {
      for (const { name, type, data, shape } of feeds) tensors[name] = new this.#runtime.Tensor(type as "int32", data as Int32Array, shape);
      const { [output]: result } = await this.#session.run(tensors, [output]);
      const { type, data, dims } = result!;
      const numbers = type === "float16" && data instanceof Uint16Array ? float16ToFloat32(data) : (data as ArrayLike<number>);
      return { data: numbers, shape: dims };
    } catch (cause) {
      throw new RewardModelError("run-failed", (cause as Error).message, { cause });
    }
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}

async function wholeFile(path: string): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    await handle.read(bytes, 0, size, 0);
    return bytes;
  } finally {
    await handle.close();
  }
}
