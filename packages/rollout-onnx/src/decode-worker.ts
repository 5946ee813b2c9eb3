import { parentPort, workerData } from "node:worker_threads";
import { CaiError, type Generation } from "@cai/contracts";
import { type DecodeRequest, decode } from "./decode.ts";
import { Engine, type EngineOptions, type NewWeight } from "./engine.ts";

// The engine's thread: ONNX Runtime's run() blocks the thread that calls it, and the main one is where TensorFlow.js works.

/** What the engine is asked for. */
export type Request =
  | { readonly kind: "take"; readonly weight: NewWeight; readonly stages: readonly number[] }
  | { readonly kind: "open"; readonly stage: number }
  | { readonly kind: "close"; readonly stage: number }
  | { readonly kind: "decode"; readonly request: DecodeRequest };

/** The `generation` of a decode that was not aborted; `memory` that a weight came in, where it is not needed any more. */
export type Answer =
  | { readonly generation?: Generation | undefined; readonly memory?: ArrayBuffer }
  | { readonly failure: { readonly code: string; readonly message: string } };

const engine = new Engine(workerData as EngineOptions);

async function answer(request: Request): Promise<Answer> {
  try {
    if (request.kind === "take") return engine.take(request.weight, request.stages) ? {} : { memory: request.weight.numbers.buffer };
    if (request.kind === "open") await engine.open(request.stage);
    else if (request.kind === "close") await engine.close(request.stage);
    else return { generation: await decode(engine, request.request) };
    return {};
  } catch (error) {
    const code = CaiError.isInstance(error) ? error.code : "run-failed";
    return { failure: { code, message: (error as Error).message } };
  }
}

// One after the other, in the order in which they came.
let previous = Promise.resolve();
parentPort!.on("message", (request: Request) => {
  previous = previous.then(async () => {
    const answered = await answer(request);
    parentPort!.postMessage(answered, "memory" in answered ? [answered.memory] : []);
  });
});
