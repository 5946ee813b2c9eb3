import "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe } from "vitest";

const nativeAvailable = await import("@tensorflow/tfjs-node").then(
  () => true,
  () => false,
);

/** Runs a suite once on each backend; on native TensorFlow only where tfjs-node loads, skipped by name elsewhere. */
export function onEachBackend(suite: (backend: string) => void): void {
  for (const backend of ["cpu", "wasm", "tensorflow"]) {
    const runs = backend !== "tensorflow" || nativeAvailable;
    describe.runIf(runs)(`on backend ${backend}${runs ? "" : " (skipped: @tensorflow/tfjs-node does not load here)"}`, () => {
      beforeAll(async () => {
        if (!(await tf.setBackend(backend))) throw new Error(`Backend ${backend} does not start.`);
      });
      suite(backend);
    });
  }
}
