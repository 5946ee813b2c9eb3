// By their files: the package @tensorflow/tfjs, which registers the same, is three times as large.
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "./error.ts";
import type { Gpu, WebGpuDevice } from "./webgpu/adapter.ts";
import { loadWebGpu } from "./webgpu/load-webgpu.ts";

/** A backend by the name that a user gives it. */
export type BrowserBackendChoice = "webgpu" | "wasm";

/** The backend that tfjs now computes on. */
export interface PreparedBrowserBackend {
  /** tfjs's own name for it. */
  readonly name: BrowserBackendChoice;
  /** What was chosen and why, as a sentence's end. */
  readonly reason: string;
  /** What WebGPU computes on, where it computes. */
  readonly webgpu?: WebGpuDevice;
}

/**
 * In a browser's page or worker: makes WebGPU tfjs's own backend where there is a GPU and `@tensorflow/tfjs-backend-webgpu`, else WASM. Call it
 * once before the first tensor. Only what is asked for by name in `prefer` must be had; by name WebGPU also computes on the processor, for tests.
 *
 * @param options.wasmFolder URL of the folder that holds the binaries, `tfjs-backend-wasm*.wasm` of `@tensorflow/tfjs-backend-wasm/dist`: served
 *   with the page.
 * @throws BackendError `unavailable`, where they are not there say
 *
 * @example
 * const backend = await prepareBackend({ wasmFolder: "/wasm/" });
 * console.log(`${backend.name}: ${backend.reason}`);
 */
export async function prepareBackend({
  prefer,
  wasmFolder,
}: {
  readonly prefer?: BrowserBackendChoice;
  readonly wasmFolder: string;
}): Promise<PreparedBrowserBackend> {
  if (prefer === "wasm") return loadWasm(wasmFolder);
  if (prefer !== undefined && prefer !== "webgpu")
    throw new BackendError("unavailable", `there is no backend "${prefer}" in browsers: choose webgpu or wasm`);
  try {
    const { reason, webgpu } = await onGpu(prefer === "webgpu");
    return { name: "webgpu", reason, ...(webgpu && { webgpu }) };
  } catch (cause) {
    const { message } = cause as Error;
    if (prefer === "webgpu") throw new BackendError("unavailable", `the backend "webgpu" cannot be had: ${message}`, { cause });
    const { name, reason } = await loadWasm(wasmFolder);
    return { name, reason: `${reason}, for WebGPU cannot be had (${message})` };
  }
}

async function onGpu(software: boolean) {
  const { gpu } = (globalThis as { navigator?: { gpu?: Gpu } }).navigator ?? {};
  if (gpu === undefined) throw new Error("this browser has none here");
  return loadWebGpu({ gpu, software });
}

async function loadWasm(wasmFolder: string): Promise<PreparedBrowserBackend> {
  const folder = wasmFolder.endsWith("/") ? wasmFolder : `${wasmFolder}/`;
  if (tf.getBackend() !== "wasm") setWasmPaths(folder);
  const isReady = await tf.setBackend("wasm").catch(() => false);
  if (!isReady) throw new BackendError("unavailable", `WASM does not start: are the files tfjs-backend-wasm*.wasm served from ${folder}?`);
  return { name: "wasm", reason: (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) ? "WASM with SIMD" : "WASM" };
}
