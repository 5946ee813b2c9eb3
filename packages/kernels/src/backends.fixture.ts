import "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe } from "vitest";
import { nativeOps } from "./native-ops.ts";

type Backend = "cpu" | "wasm" | "tensorflow";

const nativeAvailable = await import("@tensorflow/tfjs-node").then(
  () => true,
  () => false,
);

/** Runs a suite once on each of these backends; on native TensorFlow only where tfjs-node loads, skipped by name elsewhere. */
export function onBackends(backends: readonly Backend[], suite: (backend: Backend) => void): void {
  for (const backend of backends) {
    const runs = backend !== "tensorflow" || nativeAvailable;
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
export async function onNativeKernels(suite: () => void): Promise<void> {
  const runs = nativeAvailable && (await tf.setBackend("tensorflow")) && nativeOps()!.has("CaiGelu");
  describe.runIf(runs)(`with native kernels${runs ? "" : " (skipped: tfjs-node here has none)"}`, () => {
    beforeAll(async () => {
      await tf.setBackend("tensorflow");
    });
    suite();
  });
}
