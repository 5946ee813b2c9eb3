import "@tensorflow/tfjs"; // registers every gradient and the chained operations, once
import * as tf from "@tensorflow/tfjs-core";
import { type BackendChoice, chooseBackend, type PreparedBackend } from "./choose.ts";
import { loadNative } from "./native.ts";
import { loadPlain } from "./plain.ts";
import { loadWasm } from "./wasm.ts";

const loaders = { gpu: () => loadNative("gpu"), native: () => loadNative("native"), wasm: loadWasm, cpu: loadPlain };

// tfjs has one backend for the whole process, so what was prepared is known to the whole process too.
let prepared: PreparedBackend | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Makes the fastest backend that loads here tfjs's own: `@tensorflow/tfjs-node-gpu`, `@tensorflow/tfjs-node`, WASM, plain JavaScript.
 *
 * Call it once before the first tensor; calling it again, also at the same time, gives the same answer. Native TensorFlow that is
 * missing is no error: `reason` says why, and `mend` is the command that brings it. Only a backend asked for by name in `prefer`
 * must be had, or the call throws. `prefer: "gpu"` asks for the CUDA build, which computes on the CPU where there is no GPU.
 *
 * @throws BackendError `unavailable`
 *
 * @example
 * const backend = await prepareBackend();
 * console.log(`${backend.name}: ${backend.reason}`);
 * if (backend.mend) console.log(`faster: ${backend.mend}`);
 */
export function prepareBackend({ prefer }: { prefer?: BackendChoice } = {}): Promise<PreparedBackend> {
  const result = queue.then(async () => {
    if (prefer === undefined && prepared !== undefined && tf.getBackend() === prepared.name) return prepared;
    prepared = await chooseBackend(loaders, prefer);
    return prepared;
  });
  queue = result.catch(() => {});
  return result;
}
