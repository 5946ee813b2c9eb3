import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { recorded } from "./recording.ts";
import { scaled } from "./scaled.ts";

onEachBackend(() => {
  test("each number three times", () => {
    expect([...scaled(tf.tensor1d([1, -2, 0.5]), 3).dataSync()]).toEqual([3, -6, 1.5]);
  });

  test("gradients agree with finite differences", () => {
    expectGradientsByFiniteDifferences((x) => scaled(x!, -1.5), [tensor([2, 3], 1, 2)]);
  });

  test("inside of recorded() the gradient flows through it", () => {
    const gradient = tf.grad((x) => tf.sum(recorded({ x, weights: {}, forward: (input) => scaled(input, 4) })))(tf.ones([2]));
    expect([...gradient.dataSync()]).toEqual([4, 4]);
  });
});
