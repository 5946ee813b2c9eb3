import { onWebGpu, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { type AgreeingKernel, agreeingKernels } from "./agreeing-kernels.fixture.ts";

/** Of the larger of 1 and the number: float32, with sums in another order and the driver's own exp and tanh. */
const tolerance = 5e-5;

/** Value and all gradients, one after the other, read as a device allows it. */
async function evaluate([, shapes, f]: AgreeingKernel, seed: number): Promise<number[]> {
  const inputs = shapes.map((shape, position) => tensor([...shape], seed + position, 2));
  const y = f(...inputs);
  const gradients = tf.grads((...xs) => tf.sum(tf.mul(f(...xs), tensor(y.shape, 99))))(inputs);
  const results = await Promise.all([y, ...gradients].map((result) => result.data()));
  return results.flatMap((result) => [...result]);
}

await onWebGpu(() => {
  test.each(agreeingKernels)("%s and its gradients are those of plain JavaScript", async (...kernel) => {
    for (const seed of [1, 4711]) {
      await tf.setBackend("cpu");
      const portable = await evaluate(kernel, seed);
      await tf.setBackend("webgpu");
      tf.env().set("WEBGPU_CPU_FORWARD", false);
      const computed = await evaluate(kernel, seed);
      expect(computed).toHaveLength(portable.length);
      computed.forEach((x, index) => {
        expect(Math.abs(x - portable[index]!)).toBeLessThan(tolerance * Math.max(1, Math.abs(portable[index]!)));
      });
    }
  });
});
