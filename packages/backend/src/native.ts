import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import type { PreparedBackend } from "./choose.ts";
import { BackendError } from "./error.ts";
import { lackingFeatures } from "./native/processor.mjs";
import { findTfjsPackages } from "./native/tfjs-package.mjs";
import { restoreRemovedUtil } from "./removed-util.ts";

/** The part of tfjs-node's backend that is read here. */
interface NativeBackend {
  binding: { TF_Version: string };
  isGPUPackage: boolean;
  isUsingGpuDevice: boolean;
  executeMultipleOutputs(op: string, attributes: never[], inputs: never[], outputs: number): unknown;
}

const packages = { gpu: "@tensorflow/tfjs-node-gpu", native: "@tensorflow/tfjs-node" } as const;

/** Loads tfjs-node or its GPU twin, the one beside this package or the one in the cache, and makes it tfjs's backend. */
export async function loadNative(choice: "gpu" | "native"): Promise<PreparedBackend> {
  const loaded = nativeBackend();
  if (loaded === undefined) requirePackage(choice);
  else if (loaded.isGPUPackage !== (choice === "gpu")) {
    throw new Error(`this process already runs ${packages[loaded.isGPUPackage ? "gpu" : "native"]}, and only one of the two can be loaded`);
  }
  await tf.setBackend("tensorflow");
  const backend = nativeBackend();
  if (backend === undefined) throw new Error(`${packages[choice]} was loaded but gave no backend: another version than 4.22?`);
  const version = backend.binding.TF_Version;
  const device = backend.isUsingGpuDevice
    ? "on the GPU"
    : choice === "gpu"
      ? "in its CUDA build, on the CPU as no GPU was found"
      : "on the CPU";
  const [kernels, tiles] = [hasOp(backend, "CaiGelu"), hasOp(backend, "CaiTileMatMul")];
  const without = kernels || backend.isUsingGpuDevice ? "" : ", without the faster kernels";
  return {
    ...{ name: "tensorflow", package: packages[choice], tensorflowVersion: version, kernels, tiles },
    reason: `native TensorFlow ${version} ${device}${without}`,
  };
}

/** Called without its input, an op that is there complains of that. */
function hasOp(backend: NativeBackend, name: string): boolean {
  if (backend.isUsingGpuDevice) return false;
  try {
    backend.executeMultipleOutputs(name, [], [], 1);
    return true;
  } catch (error) {
    return !String(error).includes("TF_Status: 5"); // TF_NOT_FOUND
  }
}

/** tfjs-node's backend, if this process has loaded it. */
export function nativeBackend(): NativeBackend | undefined {
  const registered = tf.engine().registryFactory;
  return "tensorflow" in registered ? ((tf.findBackend("tensorflow") as unknown as NativeBackend | null) ?? undefined) : undefined;
}

function requirePackage(choice: "gpu" | "native"): void {
  restoreRemovedUtil();
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1"; // TensorFlow's own INFO lines
  const name = packages[choice];
  const failures: string[] = [];
  for (const { directory } of findTfjsPackages({ gpu: choice === "gpu" })) {
    try {
      const [lacking] = lackingFeatures(directory);
      if (lacking !== undefined) throw new Error(`its native part was compiled on a processor with ${lacking}, and this one has none`);
      createRequire(import.meta.url)(directory);
      return;
    } catch (error) {
      failures.push(reasonOf(error));
    }
  }
  throw new BackendError("missing", failures.length === 0 ? `${name} is not installed` : `${name} does not load: ${failures[0]}`);
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("tfjs_binding.node) can not be found")) return "its native part has not been set up";
  return message.split("\n", 1)[0]!.trim();
}
