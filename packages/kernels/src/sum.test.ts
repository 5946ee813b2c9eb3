import { onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { sumOf } from "./sum.ts";

onEachBackend(() => {
  test.each([[[]], [[3]], [[2, 0]], [[7, 19]], [[331, 1001]]])("a sum of shape %j is what tfjs adds up to", (shape) => {
    const [a, b] = [tensor(shape, 1), tensor(shape, 2)];
    const sum = sumOf(a, b);
    expect(sum.shape).toEqual(shape);
    expect([...sum.dataSync()]).toEqual([...tf.add(a, b).dataSync()]);
  });
});

onNativeKernels(() => {
  test("shapes that differ are refused", () => {
    expect(() => sumOf(tf.zeros([2, 3]), tf.zeros([3, 2]))).toThrow(/differ in shape/);
  });
});
