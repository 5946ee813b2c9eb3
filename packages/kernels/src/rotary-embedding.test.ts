import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { onEachBackend } from "./backends.fixture.ts";
import { KernelError } from "./error.ts";
import { expectGradientsByFiniteDifferences, tensor } from "./finite-differences.fixture.ts";
import { rotaryEmbedding, rotation } from "./rotary-embedding.ts";

const at = (positions: number[][]) => tf.tensor2d(positions, [positions.length, positions[0]!.length], "int32");

onEachBackend(() => {
  test("a pair is a half of the head apart, and is turned by position times its frequency", () => {
    // Frequencies a quarter and an eighth of a turn; at position 2 a half and a quarter: (1, 3) → (−1, −3), (2, 4) → (−4, 2).
    const turns = rotation(at([[0, 2]]), Float32Array.of(Math.PI / 2, Math.PI / 4));
    const y = rotaryEmbedding(tf.tensor4d([1, 2, 3, 4, 1, 2, 3, 4], [1, 1, 2, 4]), turns).dataSync();
    [1, 2, 3, 4, -1, -4, -3, 2].forEach((expected, index) => {
      expect(y[index]).toBeCloseTo(expected, 5);
    });
  });

  test("each row of the batch has positions of its own, the same for all its heads", () => {
    const turns = rotation(at([[1], [3]]), Float32Array.of(Math.PI / 2));
    const y = rotaryEmbedding(tf.tensor4d([1, 0, 0, 1, 1, 0, 0, 1], [2, 2, 1, 2]), turns).dataSync();
    [0, 1, -1, 0, 0, -1, 1, 0].forEach((expected, index) => {
      expect(y[index]).toBeCloseTo(expected, 5);
    });
  });

  test("the product of a query and a key depends on the distance between them alone", () => {
    const frequencies = Float32Array.of(1, 0.1, 0.01);
    const product = (queryAt: number, keyAt: number): number => {
      const [query, key] = [tensor([1, 1, 1, 6], 1), tensor([1, 1, 1, 6], 2)];
      const turned = (x: tf.Tensor, position: number) => rotaryEmbedding(x, rotation(at([[position]]), frequencies));
      return tf.sum(tf.mul(turned(query, queryAt), turned(key, keyAt))).dataSync()[0]!;
    };
    expect(product(105, 102)).toBeCloseTo(product(3, 0), 4);
    expect(product(105, 101)).not.toBeCloseTo(product(3, 0), 4);
  });

  test("gradients agree with finite differences", () => {
    const turns = rotation(
      at([
        [0, 1, 2],
        [0, 0, 7],
      ]),
      Float32Array.of(1, 0.3),
    );
    expectGradientsByFiniteDifferences((x) => rotaryEmbedding(x!, turns), [tensor([2, 2, 3, 4])]);
  });

  test("a rotation is two tensors", () => {
    const positions = at([[0, 1]]);
    const before = tf.memory().numTensors;
    tf.dispose({ ...rotation(positions, Float32Array.of(1)) });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("a rotation for another head size or other columns, and positions that are no batch, are refused", () => {
  const turns = rotation(at([[0, 1]]), Float32Array.of(1, 0.1));
  for (const shape of [
    [1, 1, 2, 6],
    [1, 1, 3, 4],
    [2, 1, 2, 4],
    [1, 2, 4],
  ])
    expect(() => rotaryEmbedding(tf.zeros(shape), turns)).toThrow(KernelError);
  expect(() => rotation(tf.zeros([2], "int32"), Float32Array.of(1))).toThrow(/positions \[2\]/);
});
