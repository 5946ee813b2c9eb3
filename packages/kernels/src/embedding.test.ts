import { expectGradientsByFiniteDifferences, expectTwins, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { embedding, tiedEmbedding } from "./embedding.ts";
import { KernelError } from "./error.ts";
import { linear } from "./linear.ts";

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

  test("rows of a tied table, and the table for its other use, have the gradient of both uses", () => {
    const [weight, x] = [tensor([4, 3]), tensor([2, 3], 2)];
    const tied = (w: tf.Tensor) => {
      const { rows, table } = tiedEmbedding(w, ids());
      return tf.concat([tf.reshape(rows, [-1]), tf.reshape(linear(tf.add(x, rows), table, undefined, { transposed: true }), [-1])]);
    };
    const apart = (w: tf.Tensor) => {
      const rows = embedding(w, ids());
      return tf.concat([tf.reshape(rows, [-1]), tf.reshape(linear(tf.add(x, rows), w, undefined, { transposed: true }), [-1])]);
    };
    expect(tied(weight).arraySync()).toEqual(apart(weight).arraySync());
    expectTwins(tied, apart, [weight]);
  });

  test("without its other use, a tied table's gradient is that of the rows; without the rows, that of the other use", () => {
    const ofRows = tf.grad((table) => tf.sum(tiedEmbedding(table, ids()).rows))(tf.zeros([4, 2]));
    expect(ofRows.arraySync()).toEqual([
      [1, 1],
      [1, 1],
      [2, 2],
      [0, 0],
    ]);
    const weight = tf.zeros([3, 2]);
    const ofTable = tf.grad((table) => tf.sum(tf.mul(tiedEmbedding(table, ids()).table, 5)))(weight);
    expect(ofTable.arraySync()).toEqual([
      [5, 5],
      [5, 5],
      [5, 5],
    ]);
    expect(weight.arraySync()).toEqual(tf.zeros([3, 2]).arraySync());
  });

  test("a tied table where no gradient is taken is the table itself, and nothing stays behind where one is", () => {
    const [weight, places] = [tensor([4, 3]), ids()];
    expect(tf.tidy(() => tiedEmbedding(weight, places).table)).toBe(weight);
    const before = tf.memory().numTensors;
    tf.dispose(
      tf.grad((w) => {
        const { rows, table } = tiedEmbedding(w, places);
        return tf.sum(linear(rows, table, undefined, { transposed: true }));
      })(weight),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([-1, 3])("id %i is refused before anything is looked up", (id) => {
    expect(() => embedding(tf.zeros([3, 2]), tf.tensor1d([0, id], "int32"))).toThrow(KernelError);
    expect(() => tiedEmbedding(tf.zeros([3, 2]), tf.tensor1d([0, id], "int32"))).toThrow(KernelError);
    expect(() => embedding(tf.zeros([3, 2]), tf.tensor1d([0, id], "int32"))).toThrow(new RegExp(`id ${id} at position 1.*0 … 2`));
  });
});

onNativeKernels(() => {
  test("the rows are added in the memory of the other use's gradient, ids that occur twice too", () => {
    const places = tf.tensor1d(
      Int32Array.from({ length: 150 }, (_, index) => (index * 37) % 60),
      "int32",
    );
    const [weight, x] = [tensor([61, 130]), tensor([150, 130], 2)];
    const other = (table: tf.Tensor) => tf.reshape(linear(x, table, undefined, { transposed: true }), [-1]);
    expectTwins(
      (w) => {
        const { rows, table } = tiedEmbedding(w!, places);
        return tf.concat([tf.reshape(rows, [-1]), other(table)]);
      },
      (w) => tf.concat([tf.reshape(embedding(w!, places), [-1]), other(w!)]),
      [weight],
    );
  });
});

test("ids in float32 are refused", () => {
  expect(() => embedding(tf.zeros([3, 2]), tf.tensor1d([0]))).toThrow(/float32 ids: pass int32/);
});
