import "@tensorflow/tfjs";
import { expectGradientsByFiniteDifferences, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { entropyBonus } from "./tfjs.ts";

test("is the mean over valid tokens", () => {
  const bonus = entropyBonus({ entropy: tf.tensor2d([[1, 3, 9]]), mask: new Uint8Array([1, 1, 0]), shape: [1, 3] });
  expect(bonus.dataSync()[0]).toBe(2);
});

test("aggregates like the other losses: by rows, or by a constant", () => {
  const options = {
    entropy: tf.tensor2d([
      [1, 3],
      [5, 9],
    ]),
    mask: new Uint8Array([1, 1, 1, 0]),
    shape: [2, 2] as const,
  };
  expect(entropyBonus({ ...options, aggregation: "seq-mean-token-mean" }).dataSync()[0]).toBe((2 + 5) / 2);
  expect(entropyBonus({ ...options, aggregation: "seq-mean-token-sum" }).dataSync()[0]).toBe((4 + 5) / 2);
  expect(entropyBonus({ ...options, aggregation: { divisor: 10 } }).dataSync()[0]).toBeCloseTo(0.9, 6);
});

test("the gradient agrees with finite differences", () => {
  const options = { mask: new Uint8Array([1, 1, 0, 1]), shape: [2, 2] as const };
  expectGradientsByFiniteDifferences((entropy) => entropyBonus({ entropy: entropy!, ...options }), [tensor([2, 2])]);
});
