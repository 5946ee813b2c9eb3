import { onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { transposed } from "./transposed.ts";

onEachBackend(() => {
  test.each([
    [1, 1],
    [3, 2],
    [8, 3072],
    [771, 8],
    [65, 33],
    [0, 4],
  ])("[%i, %i] is turned as tfjs turns it", (rows, columns) => {
    const x = tensor([rows, columns]);
    const y = transposed(x);
    expect(y.shape).toEqual([columns, rows]);
    expect([...y.dataSync()]).toEqual([...tf.transpose(x).dataSync()]);
  });
});
