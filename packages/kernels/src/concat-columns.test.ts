import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { concatColumns } from "./concat-columns.ts";
import { KernelError } from "./error.ts";

onEachBackend(() => {
  test("matrices stand side by side", () => {
    const y = concatColumns([
      tf.tensor2d([[1], [2]]),
      tf.tensor2d([
        [3, 4],
        [5, 6],
      ]),
    ]);
    expect(y.arraySync()).toEqual([
      [1, 3, 4],
      [2, 5, 6],
    ]);
  });

  test("gradients agree with finite differences", () => {
    expectGradientsByFiniteDifferences((a, b, c) => concatColumns([a!, b!, c!]), [tensor([2, 3], 1), tensor([2, 1], 2), tensor([2, 2], 3)]);
  });
});

test("matrices of unlike rows, and none at all, are refused", () => {
  expect(() => concatColumns([tf.zeros([2, 1]), tf.zeros([3, 1])])).toThrow(KernelError);
  expect(() => concatColumns([])).toThrow(KernelError);
});
