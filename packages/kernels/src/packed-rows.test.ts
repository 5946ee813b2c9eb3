import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { placeRows } from "./packed-rows.ts";

const numbersOf = (x: tf.Tensor) => [...x.dataSync()];

onEachBackend(() => {
  test("rows come in the order asked for, zeros among them", () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(numbersOf(placeRows(x, Int32Array.of(2, -1, 0)))).toEqual([5, 6, 0, 0, 1, 2]);
    expect(numbersOf(placeRows(x, Int32Array.of(1)))).toEqual([3, 4]);
    expect(numbersOf(placeRows(x, Int32Array.of(0, 1, 2)))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(numbersOf(placeRows(tf.tensor1d([7, 8]), Int32Array.of(-1, 1, 0)))).toEqual([0, 8, 7]);
  });

  test("gradients agree with finite differences", () => {
    for (const from of [Int32Array.of(2, -1, 0), Int32Array.of(1), Int32Array.of(2, 0, 1)])
      expectGradientsByFiniteDifferences((x) => placeRows(x!, from), [tensor([3, 2])]);
  });

  test("no gradient comes from a row of zeros, whatever reaches it", () => {
    const weighted = (x: tf.Tensor) => tf.sum(tf.mul(placeRows(x, Int32Array.of(0, -1, 1)), tf.tensor1d([10, Number.NaN, 1000])));
    expect(numbersOf(tf.grad(weighted)(tf.tensor1d([3, 4])))).toEqual([10, 1000]);
  });
});

test("rows that are not there, and a row that is taken twice, are refused", () => {
  expect(() => placeRows(tf.zeros([2, 1]), Int32Array.of(2))).toThrow(/row 2 of 2/);
  expect(() => placeRows(tf.zeros([2, 1]), Int32Array.of(-2))).toThrow(/row -2 of 2/);
  expect(() => placeRows(tf.zeros([2, 1]), Int32Array.of(1, 1))).toThrow(/row 1 twice/);
});
