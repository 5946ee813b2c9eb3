import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { add } from "./add.ts";
import { KernelError } from "./error.ts";

onEachBackend(() => {
  test("both terms get dy, also where they are the same", () => {
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([10, 20])];
    expect([...add(a, b).dataSync()]).toEqual([11, 22]);
    const weighted = (x?: tf.Tensor, y?: tf.Tensor) => tf.sum(tf.mul(add(x!, y!), tf.tensor1d([3, 4])));
    expect(
      tf
        .grads(weighted)([a, b])
        .map((gradient) => [...gradient.dataSync()]),
    ).toEqual([
      [3, 4],
      [3, 4],
    ]);
    expect([
      ...tf
        .grad((x) => tf.sum(add(x, x)))(a)
        .dataSync(),
    ]).toEqual([2, 2]);
  });

  test("leaves no tensor behind", () => {
    const a = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    tf.dispose(tf.grad((x) => tf.sum(add(x, x)))(a));
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("terms of two shapes are refused", () => {
  expect(() => add(tf.zeros([2, 3]), tf.zeros([3]))).toThrow(KernelError);
});
