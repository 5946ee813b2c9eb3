import { onBackends, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AgreeingKernel, agreeingKernels } from "./agreeing-kernels.fixture.ts";

/** Value and all gradients, one after the other. */
function evaluate([, shapes, f]: AgreeingKernel, seed: number): number[] {
  const inputs = shapes.map((shape, position) => tensor([...shape], seed + position, 2));
  const y = f(...inputs);
  const gradients = tf.grads((...xs) => tf.sum(tf.mul(f(...xs), tensor(y.shape, 99))))(inputs);
  return [y, ...gradients].flatMap((result) => [...result.dataSync()]);
}

onBackends(["wasm", "tensorflow"], (backend) => {
  test.each(agreeingKernels)("%s and its gradients are those of the portable path", (...kernel) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seed) => {
        tf.setBackend("cpu");
        const portable = evaluate(kernel, seed);
        tf.setBackend(backend);
        evaluate(kernel, seed).forEach((x, index) => {
          expect(Math.abs(x - portable[index]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(portable[index]!)));
        });
      }),
      { numRuns: 10 },
    );
  });
});
