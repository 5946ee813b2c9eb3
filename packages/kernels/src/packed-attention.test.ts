import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { causalAttention, mergeHeads, splitHeads } from "./attention.ts";
import { attentionBias } from "./attention-bias.ts";
import { KernelError } from "./error.ts";
import { packedAttention } from "./packed-attention.ts";

/** Lengths of sequences, query heads a key head, key heads and numbers a head. */
const layouts = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).map((lengths) => Int32Array.from(lengths)),
  shared: fc.integer({ min: 1, max: 3 }),
  keyValueHeads: fc.integer({ min: 1, max: 2 }),
  size: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer({ min: 1, max: 1000 }),
});

const sumOf = (lengths: Int32Array): number => lengths.reduce((sum, length) => sum + length, 0);

onEachBackend(() => {
  test("the first token of each sequence sees itself alone, the second weighs both by softmax(q·k/√d)", () => {
    // d = 1. Sequence 1: q = 1, k = [0, ln 3], v = [8, 4]: 8, then 8/4 + 3·4/4. Sequence 2 is one token, v = 7.
    const queryKeyValue = tf.tensor2d([
      [1, 0, 8],
      [1, Math.log(3), 4],
      [1, 9, 7],
    ]);
    const y = packedAttention({ queryKeyValue, lengths: Int32Array.of(2, 1), heads: 1, keyValueHeads: 1 }).dataSync();
    [8, 5, 7].forEach((expected, row) => {
      expect(y[row]).toBeCloseTo(expected, 5);
    });
  });

  test("each sequence gives what causalAttention gives for it alone, and so do its gradients", () => {
    fc.assert(
      fc.property(layouts, ({ lengths, shared, keyValueHeads, size, seed }) => {
        const heads = shared * keyValueHeads;
        const width = (heads + 2 * keyValueHeads) * size;
        const rows = sumOf(lengths);
        const [x, factors] = [tensor([rows, width], seed, 2), tensor([rows, heads * size], seed + 1)];
        const evaluate = (f: (x: tf.Tensor) => tf.Tensor): number[] => {
          const gradient = tf.grad((input) => tf.sum(tf.mul(f(input), factors)))(x);
          return [...f(x).dataSync(), ...gradient.dataSync()];
        };
        const oneByOne = (all: tf.Tensor): tf.Tensor => {
          const parts: tf.Tensor[] = [];
          let first = 0;
          for (const length of lengths) {
            const own = tf.reshape(tf.slice(all, [first, 0], [length, width]), [1, length, width]);
            const [query, key, value] = tf.split(splitHeads(own, width / size), [heads, keyValueHeads, keyValueHeads], 1);
            const bias = attentionBias({ mask: new Uint8Array(length).fill(1), shape: [1, length] });
            parts.push(mergeHeads(causalAttention({ query: query!, key: key!, value: value!, bias })));
            first += length;
          }
          return tf.concat(
            parts.map((part) => tf.reshape(part, [-1, heads * size])),
            0,
          );
        };
        const expected = evaluate(oneByOne);
        evaluate((queryKeyValue) => packedAttention({ queryKeyValue, lengths, heads, keyValueHeads })).forEach((one, index) => {
          expect(one).toBeCloseTo(expected[index]!, 5);
        });
      }),
      { numRuns: 20 },
    );
  });

  test("gradients agree with finite differences", () => {
    const sequences = { lengths: Int32Array.of(1, 3), heads: 2, keyValueHeads: 1 };
    expectGradientsByFiniteDifferences(
      (queryKeyValue) => packedAttention({ queryKeyValue: queryKeyValue!, ...sequences }),
      [tensor([4, 8])],
    );
  });
});

test("lengths that don't add up, empty sequences and widths that heads don't divide are refused", () => {
  const attend = (shape: [number, number], lengths: number[], heads: number, keyValueHeads: number) => () =>
    packedAttention({ queryKeyValue: tf.zeros(shape), lengths: Int32Array.from(lengths), heads, keyValueHeads });
  for (const refused of [attend([3, 6], [2], 1, 1), attend([3, 6], [3, 0], 1, 1), attend([3, 5], [3], 1, 1), attend([3, 14], [3], 3, 2)])
    expect(refused).toThrow(KernelError);
});
