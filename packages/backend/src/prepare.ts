import "@tensorflow/tfjs"; // registers every gradient and the chained operations, once
import * as tf from "@tensorflow/tfjs-core";
import { type BackendChoice, chooseBackend, type PreparedBackend } from "./choose.ts";
import { BackendError } from "./error.ts";
import type { KernelChoice } from "./kernels.ts";
import { loadNative, nativeBackend } from "./native.ts";
import { loadPlain } from "./plain.ts";
import { loadWasm } from "./wasm.ts";
import { mayHaveGpu, openDawn } from "./webgpu/dawn.ts";
import { loadWebGpu } from "./webgpu/load-webgpu.ts";

// tfjs has one backend for the whole process, so what was prepared is known to the whole process too.
let prepared: PreparedBackend | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Makes the fastest backend that loads here tfjs's own: `@tensorflow/tfjs-node-gpu` on a GPU, WebGPU, `@tensorflow/tfjs-node`, WASM, plain
 * JavaScript. WebGPU is tried where its two packages are installed.
 *
 * Call it once before the first tensor; calling it again, also at the same time, gives the same answer. Native TensorFlow that is
 * missing is no error: `reason` says why, and `fix` is the command that brings it. Only a backend asked for by name in `prefer`
 * must be had, or the call throws. `prefer: "gpu"` asks for the CUDA build, which computes on the CPU where there is no GPU;
 * `prefer: "webgpu"` takes a device that computes on the processor too, which is never chosen by itself. With the environment variable
 * CAI_WEBGPU=ask WebGPU as a whole is not.
 *
 * `kernels` asks for a level of our kernels in native TensorFlow, which then must be had with it; by itself it takes the best that is compiled and
 * that the processor has. A process has one level: the first call decides. Where `kernels` is not given, the environment variable
 * CAI_KERNELS asks for it, wherever native TensorFlow is what loads.
 *
 * @throws BackendError `unavailable`
 *
 * @example
 * const backend = await prepareBackend();
 * console.log(`${backend.name}: ${backend.reason}`);
 * if (backend.fix) console.log(`faster: ${backend.fix}`);
 */
export function prepareBackend({ prefer, kernels }: { prefer?: BackendChoice; kernels?: KernelChoice } = {}): Promise<PreparedBackend> {
  const result = queue.then(async () => {
    const isNew = prefer !== undefined || kernels !== undefined;
    if (!isNew && prepared !== undefined && tf.getBackend() === prepared.name) return prepared;
    const loaders = {
      gpu: () => loadNative("gpu", kernels),
      webgpu: async (asked: boolean) => {
        if (!asked && !mayHaveGpu()) throw new Error("this machine shows no GPU");
        return loadWebGpu({ gpu: await openDawn(), software: asked });
      },
      native: () => loadNative("native", kernels),
      wasm: loadWasm,
      cpu: loadPlain,
    };
    prepared = await chooseBackend(loaders, kernels === undefined ? prefer : nativeFor(kernels, prefer));
    return prepared;
  });
  queue = result.catch(() => {});
  return result;
}

function nativeFor(kernels: KernelChoice, prefer: BackendChoice | undefined): BackendChoice {
  if (prefer === undefined || prefer === "gpu" || prefer === "native") return prefer ?? (nativeBackend()?.isGPUPackage ? "gpu" : "native");
  throw new BackendError("unavailable", `the kernels "${kernels}" are native TensorFlow's: leave out prefer "${prefer}", or kernels`);
}
