import { expectGradientsByFiniteDifferences, expectTwins, numbers, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { portableRotaryEmbedding, rotaryEmbedding, rotation } from "./rotary-embedding.ts";

const at = (positions: number[]) => tf.tensor1d(positions, "int32");

onEachBackend(() => {
  test("a pair is a half of the head apart, and is turned by position times its frequency", () => {
    // Frequencies a quarter and an eighth of a turn; at position 2 a half and a quarter: (1, 3) → (−1, −3), (2, 4) → (−4, 2).
    const turns = rotation(at([0, 2]), Float32Array.of(Math.PI / 2, Math.PI / 4));
    const y = rotaryEmbedding(tf.tensor2d([1, 2, 3, 4, 1, 2, 3, 4], [2, 4]), turns, 1).dataSync();
    [1, 2, 3, 4, -1, -4, -3, 2].forEach((expected, index) => {
      expect(y[index]).toBeCloseTo(expected, 5);
    });
  });

  test("each row has a position of its own, the same for its first heads; those behind them stay", () => {
    const turns = rotation(at([1, 3]), Float32Array.of(Math.PI / 2));
    const y = rotaryEmbedding(tf.tensor2d([1, 0, 0, 1, 5, 6, 1, 0, 0, 1, 7, 8], [2, 6]), turns, 2).dataSync();
    [0, 1, -1, 0, 5, 6, 0, -1, 1, 0, 7, 8].forEach((expected, index) => {
      expect(y[index]).toBeCloseTo(expected, 5);
    });
  });

  test("the product of a query and a key depends on the distance between them alone", () => {
    const frequencies = Float32Array.of(1, 0.1, 0.01);
    const product = (queryAt: number, keyAt: number): number => {
      const [query, key] = [tensor([1, 6], 1), tensor([1, 6], 2)];
      const turned = (x: tf.Tensor, position: number) => rotaryEmbedding(x, rotation(at([position]), frequencies), 1);
      return tf.sum(tf.mul(turned(query, queryAt), turned(key, keyAt))).dataSync()[0]!;
    };
    expect(product(105, 102)).toBeCloseTo(product(3, 0), 4);
    expect(product(105, 101)).not.toBeCloseTo(product(3, 0), 4);
  });

  test("gradients agree with finite differences", () => {
    const turns = rotation(at([0, 1, 2, 0, 0, 7]), Float32Array.of(1, 0.3));
    expectGradientsByFiniteDifferences((x) => rotaryEmbedding(x!, turns, 2), [tensor([6, 12])]);
    expectGradientsByFiniteDifferences((x) => rotaryEmbedding(x!, turns, 3), [tensor([6, 12])]);
  });

  test("a rotation is two tensors", () => {
    const positions = at([0, 1]);
    const before = tf.memory().numTensors;
    tf.dispose({ ...rotation(positions, Float32Array.of(1)) });
    expect(tf.memory().numTensors).toBe(before);
  });
});

onNativeKernels(() => {
  test.each([
    [1, 6, 1, 4],
    [5, 34, 2, 3],
    [130, 64, 12, 15],
  ])("%i rows, heads of %i, %i of %i turned, come out as from tfjs's operations, gradients too", (rows, size, turned, heads) => {
    const positions = at(Array.from({ length: rows }, (_, row) => (row * 7) % 50));
    const turns = rotation(positions, numbers(size / 2));
    expectTwins(
      (x) => rotaryEmbedding(x!, turns, turned),
      (x) => portableRotaryEmbedding(x!, turns, turned),
      [tensor([rows, heads * size])],
    );
  });
});

test("a rotation for other rows or another head size, more heads than there are, and positions that are no row, are refused", () => {
  const turns = rotation(at([0, 1]), Float32Array.of(1, 0.1));
  for (const [shape, heads] of [
    [[2, 6], 1],
    [[3, 4], 1],
    [[2, 1, 4], 1],
    [[2, 8], 3],
    [[2, 8], 0],
  ] as const)
    expect(() => rotaryEmbedding(tf.zeros([...shape]), turns, heads)).toThrow(KernelError);
  expect(() => rotation(tf.zeros([2, 1], "int32"), Float32Array.of(1))).toThrow(/positions \[2,1\]/);
});
