import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type { PreparedBackend } from "./choose.ts";

const name = "@tensorflow/tfjs-backend-wasm";

/** Makes WASM tfjs's backend, its binaries read from the npm package. */
export async function loadWasm(): Promise<PreparedBackend> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  setWasmPaths(join(folder, "dist") + sep);
  if (!(await tf.setBackend("wasm"))) throw new Error("this Node has no WebAssembly for it");
  return { name: "wasm", package: name, reason: "WASM" };
}
