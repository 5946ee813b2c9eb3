// By their files: the package @tensorflow/tfjs, which registers the same, is three times as large.
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "./error.ts";

/** A backend by the name that a user gives it. */
export type BrowserBackendChoice = "wasm";

/** The backend that tfjs now computes on. */
export interface PreparedBrowserBackend {
  /** tfjs's own name for it. */
  readonly name: BrowserBackendChoice;
  /** What was chosen and why, as a sentence's end. */
  readonly reason: string;
}

/**
 * In a browser's page or worker: makes WASM tfjs's own backend. Call it once before the first tensor.
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
  prefer = "wasm",
  wasmFolder,
}: {
  readonly prefer?: BrowserBackendChoice;
  readonly wasmFolder: string;
}): Promise<PreparedBrowserBackend> {
  if (prefer !== "wasm") throw new BackendError("unavailable", `there is no backend "${prefer}" in browsers: choose wasm`);
  const folder = wasmFolder.endsWith("/") ? wasmFolder : `${wasmFolder}/`;
  if (tf.getBackend() !== "wasm") setWasmPaths(folder);
  const isReady = await tf.setBackend("wasm").catch(() => false);
  if (!isReady) throw new BackendError("unavailable", `WASM does not start: are the files tfjs-backend-wasm*.wasm served from ${folder}?`);
  return { name: "wasm", reason: (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) ? "WASM with SIMD" : "WASM" };
}
