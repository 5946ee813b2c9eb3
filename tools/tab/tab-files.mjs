// @ts-check
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const demo = fileURLToPath(new URL("../../packages/demo/assets/", import.meta.url));
const { resolve } = createRequire(import.meta.url);
const wasm = join(dirname(resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist");
const onnxRuntime = dirname(resolve("onnxruntime-web"));

/** What a page serves for training in it, by path, beside the worker's program: nothing comes from another host. @type {Readonly<Record<string, string>>} */
export const tabFiles = Object.fromEntries([
  ...["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"].map((name) => [
    `policy/${name}`,
    join(demo, "policy", name),
  ]),
  ...["config.json", "model.onnx", "tokenizer.json", "tokenizer_config.json"].map((name) => [`reward/${name}`, join(demo, "reward", name)]),
  ...["train.jsonl", "heldout.jsonl"].map((name) => [`prompts/${name}`, join(demo, "prompts", name)]),
  ...["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"].map((name) => [`wasm/${name}`, join(wasm, name)]),
  ...["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"].map((name) => [`onnxruntime/${name}`, join(onnxRuntime, name)]),
]);
