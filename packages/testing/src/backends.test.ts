import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { bestKernelLevel, kernelLevel, onEachBackend, onNativeKernels } from "./backends.ts";

onEachBackend((backend) => {
  test("it is the one that computes", () => {
    expect(tf.getBackend()).toBe(backend);
    expect(tf.add(1, 2).dataSync()[0]).toBe(3);
  });
});

onNativeKernels(() => {
  test("native kernels are on native TensorFlow, which knows the best level there is", () => {
    expect(tf.getBackend()).toBe("tensorflow");
    expect(typeof kernelLevel).toBe("string");
    expect(typeof bestKernelLevel).toBe("string");
  });
});
