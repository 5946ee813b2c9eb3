import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { onEachBackend } from "./backends.fixture.ts";
import { embedding } from "./embedding.ts";
import { KernelError } from "./error.ts";
import { expectGradientsByFiniteDifferences, tensor } from "./finite-differences.fixture.ts";

onEachBackend(() => {
  const ids = () => tf.tensor2d([2, 0, 2, 1], [2, 2], "int32");

  test("looks rows up, and keeps the shape of the ids", () => {
    const y = embedding(
      tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      ids(),
    );
    expect(y.arraySync()).toEqual([
      [
        [5, 6],
        [1, 2],
      ],
      [
        [5, 6],
        [3, 4],
      ],
    ]);
  });

  test("the gradient of a row is the sum over its occurrences, 0 where it does not occur", () => {
    const gradient = tf.grad((table) => tf.sum(embedding(table, ids())))(tf.zeros([4, 2]));
    expect(gradient.arraySync()).toEqual([
      [1, 1],
      [1, 1],
      [2, 2],
      [0, 0],
    ]);
  });

  test("the gradient agrees with finite differences", () => {
    expectGradientsByFiniteDifferences((table) => embedding(table!, ids()), [tensor([4, 3])]);
  });

  test.each([-1, 3])("id %i is refused before anything is looked up", (id) => {
    expect(() => embedding(tf.zeros([3, 2]), tf.tensor1d([0, id], "int32"))).toThrow(KernelError);
    expect(() => embedding(tf.zeros([3, 2]), tf.tensor1d([0, id], "int32"))).toThrow(new RegExp(`id ${id} at position 1.*0 … 2`));
  });
});

test("ids in float32 are refused", () => {
  expect(() => embedding(tf.zeros([3, 2]), tf.tensor1d([0]))).toThrow(/float32 ids: pass int32/);
});
