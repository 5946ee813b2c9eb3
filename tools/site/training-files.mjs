// @ts-check
import { readFileSync } from "node:fs";
import { bundleWorker } from "../tab/bundle-worker.mjs";
import { tabFiles } from "../tab/tab-files.mjs";

/**
 * What the page that trains in a browser asks for: its worker's program, the model, and the binaries that it computes with, by path.
 *
 * @returns {Promise<ReadonlyMap<string, string | Uint8Array>>}
 */
export async function trainingFiles() {
  const program = await bundleWorker(new URL("../tab/training-worker.ts", import.meta.url), { minify: true });
  /** @type {Map<string, string | Uint8Array>} */
  const files = new Map([["worker.js", program]]);
  for (const [path, file] of Object.entries(tabFiles)) files.set(path, readFileSync(file));
  return files;
}
