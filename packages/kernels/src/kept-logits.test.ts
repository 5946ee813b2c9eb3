import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { keptLogits, keptPlaces, scatteredLogits } from "./kept-logits.ts";

const logits = () =>
  tf.tensor2d([
    [1, 2, 3],
    [4, 5, 6],
  ]);
const kept = [Int32Array.of(0, 2), Int32Array.of(1)];

onEachBackend(() => {
  test("the logits that count come in their order, with nothing that weighs behind them", () => {
    const places = keptPlaces(Int32Array.of(2, 1), kept, 3);
    expect([...places.chosen]).toEqual([1, 0]);
    expect(keptLogits(logits(), places).arraySync()).toEqual([
      [1, 3],
      [5, expect.closeTo(-1e30, -25)],
    ]);
  });

  test("a row without a list keeps all", () => {
    const places = keptPlaces(Int32Array.of(2, 1), [new Int32Array(), kept[1]!], 3);
    expect([...places.chosen]).toEqual([2, 0]);
    expect(tf.slice(keptLogits(logits(), places), [0, 0], [1, 3]).arraySync()).toEqual([[1, 2, 3]]);
  });

  test("gradients go back to where their logits came from", () => {
    const places = keptPlaces(Int32Array.of(2, 1), kept, 3);
    expect(scatteredLogits(tf.tensor2d([7, 8, 9, 0], [2, 2]), places, [2, 3]).arraySync()).toEqual([
      [7, 0, 8],
      [0, 9, 0],
    ]);
  });
});

test("a token that was not kept, and ids of no token, are refused", () => {
  expect(() => keptPlaces(Int32Array.of(1, 1), kept, 3)).toThrow(/Row 0 was drawn as id 1, which is not among its kept ids/);
  expect(() => keptPlaces(Int32Array.of(2, 1), kept, 2)).toThrow(/Row 0 keeps id 2: the vocabulary has ids 0 … 1/);
  expect(() => keptPlaces(Int32Array.of(-1), [Int32Array.of(-1)], 2)).toThrow(KernelError);
});
