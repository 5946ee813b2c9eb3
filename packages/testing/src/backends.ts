import "@tensorflow/tfjs-backend-wasm";
import { BackendError, prepareBackend } from "@cai/backend";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, inject } from "vitest";
import { offerSoftwareGpu } from "./software-gpu.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Set where the other backends are tested elsewhere: vitest.config.ts. */
    onlyNative?: boolean;
  }
}

type Backend = "cpu" | "wasm" | "tensorflow";

/** Native TensorFlow as @cai/backend loads it, where it is installed. Kernels that CAI_KERNELS asks for and that can't be had are a failure. */
const native = await prepareBackend({ prefer: "native" }).catch((error: BackendError) => {
  const isMissing = BackendError.isInstance(error.cause) && error.cause.code === "missing";
  if (process.env.CAI_KERNELS && !isMissing) throw error;
  return undefined;
});

/** The level of our own kernels that the tests run with; undefined where native TensorFlow has none. */
export const kernelLevel = native?.kernels?.level === "none" ? undefined : native?.kernels?.level;

/** The best level that this processor has; undefined where native TensorFlow is missing. */
export const bestKernelLevel = native?.kernels?.levels[0]?.level;

/**
 * Runs a suite on WebGPU, on the software device of a Chromium where there is one; skipped by name elsewhere. Nothing can be read synchronously
 * there: `dataSync` throws.
 */
export async function onWebGpu(suite: (backend: "webgpu") => void): Promise<void> {
  const why =
    offerSoftwareGpu() ??
    (await prepareBackend({ prefer: "webgpu" }).then(
      () => undefined,
      (error: BackendError) => error.message,
    ));
  describe.runIf(why === undefined)(`on WebGPU${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
    beforeAll(async () => {
      await prepareBackend({ prefer: "webgpu" });
    });
    suite("webgpu");
  });
}

/** Runs a suite once on each of these backends; on native TensorFlow only where tfjs-node loads, skipped by name elsewhere. */
export function onBackends(backends: readonly Backend[], suite: (backend: Backend) => void): void {
  for (const backend of inject("onlyNative") ? backends.filter((backend) => backend === "tensorflow") : backends) {
    const runs = backend !== "tensorflow" || native !== undefined;
    describe.runIf(runs)(`on backend ${backend}${runs ? "" : " (skipped: @tensorflow/tfjs-node does not load here)"}`, () => {
      beforeAll(async () => {
        if (!(await tf.setBackend(backend))) throw new Error(`Backend ${backend} does not start.`);
      });
      suite(backend);
    });
  }
}

/** On plain JS, WASM and native TensorFlow. */
export function onEachBackend(suite: (backend: Backend) => void): void {
  onBackends(["cpu", "wasm", "tensorflow"], suite);
}

/** On native TensorFlow where it has our own kernels in it; skipped by name elsewhere. */
export function onNativeKernels(suite: () => void): void {
  const name = kernelLevel === undefined ? "with native kernels (skipped: there are none here)" : `with native kernels ${kernelLevel}`;
  describe.runIf(kernelLevel !== undefined)(name, () => {
    beforeAll(async () => {
      await tf.setBackend("tensorflow");
    });
    suite();
  });
}
