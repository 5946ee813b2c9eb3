import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { embedding, tiedEmbedding } from "./embedding.ts";
import { KernelError } from "./error.ts";
import { hiddenLogprobs } from "./hidden-logprobs.ts";
import { linear } from "./linear.ts";
import { tokenEntropy, tokenLogprobs } from "./token-distribution.ts";

const ids = Int32Array.of(6, 0, 3, 3, 1);
const temperature = 0.7;
const rowsAtOnce = [5, 2, 1];
/** All, a few, the token alone, and lists of other lengths. */
const kept = [[], [0, 2, 5], [3], [1, 3, 4, 6], [0, 1]].map((row) => Int32Array.from(row));

const numbersOf = (tensors: readonly tf.Tensor[]) => tensors.flatMap((one) => [...one.dataSync()]);

/** Σ of both results, weighted unevenly. */
function weighed({ logprobs, entropy }: { readonly logprobs: tf.Tensor; readonly entropy?: tf.Tensor }): tf.Tensor {
  return tf.sum(tf.add(tf.mul(logprobs, tensor([5], 8)), entropy === undefined ? 0 : tf.mul(entropy, tensor([5], 9))));
}

function expectClose(numbers: readonly number[], expected: readonly number[]): void {
  expect(numbers.length).toBe(expected.length);
  numbers.forEach((one, index) => {
    expect(one).toBeCloseTo(expected[index]!, 5);
  });
}

onEachBackend(() => {
  test("equal logits give every token 1/V, an entropy of ln V", () => {
    const { logprobs, entropy } = hiddenLogprobs({
      hidden: tf.ones([1, 2]),
      weight: tf.ones([4, 2]),
      ids: Int32Array.of(3),
      temperature: 1,
      entropy: true,
    });
    expectClose(numbersOf([logprobs, entropy!]), [-Math.log(4), Math.log(4)]);
  });

  test.each(rowsAtOnce)("values and gradients are those of a linear layer and its token log-probabilities, %i rows at once", (rows) => {
    const inputs = [tensor([5, 4], 1), tensor([7, 4], 2)];
    for (const entropy of [false, true]) {
      const apart = (hidden?: tf.Tensor, weight?: tf.Tensor) => {
        const logits = linear(hidden!, weight!, undefined, { transposed: true });
        const logprobs = tokenLogprobs(logits, tf.tensor1d(ids, "int32"), temperature);
        return weighed({ logprobs, ...(entropy && { entropy: tokenEntropy(logits, temperature) }) });
      };
      const together = (hidden?: tf.Tensor, weight?: tf.Tensor) =>
        weighed(hiddenLogprobs({ hidden: hidden!, weight: weight!, ids, temperature, entropy, rowsAtOnce: rows }));
      expectClose(numbersOf([together(...inputs)]), numbersOf([apart(...inputs)]));
      expectClose(numbersOf(tf.grads(together)(inputs)), numbersOf(tf.grads(apart)(inputs)));
    }
  });

  test.each(rowsAtOnce)("gradients agree with finite differences, %i rows at once", (rows) => {
    expectGradientsByFiniteDifferences(
      (hidden, weight) => hiddenLogprobs({ hidden: hidden!, weight: weight!, ids, temperature, rowsAtOnce: rows }).logprobs,
      [tensor([5, 4], 1), tensor([7, 4], 2)],
    );
  });

  test.each(rowsAtOnce)("no tensor stays, also where the weight is frozen, %i rows at once", (rows) => {
    const [hidden, weight] = [tensor([5, 4], 1), tensor([7, 4], 2)];
    const before = tf.memory().numTensors;
    for (const isFrozen of [false, true]) {
      const f = (x: tf.Tensor) => tf.sum(hiddenLogprobs({ hidden: x, weight, ids, temperature, isFrozen, rowsAtOnce: rows }).logprobs);
      tf.dispose(tf.tidy(() => f(hidden)));
      tf.dispose(tf.grad(f)(hidden));
      const among = { kept, full: true, entropy: true, isFrozen, rowsAtOnce: rows };
      const onKept = (x: tf.Tensor) => {
        const { logprobs, fullLogprobs } = hiddenLogprobs({ hidden: x, weight, ids, temperature, ...among });
        return tf.sum(isFrozen ? tf.add(logprobs, fullLogprobs!) : logprobs);
      };
      tf.dispose(tf.tidy(() => onKept(hidden)));
      tf.dispose(tf.grad(onKept)(hidden));
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  test("over kept ids, log-probabilities are those of a vocabulary of these alone; full ones and entropies stay as they are", () => {
    const [hidden, weight] = [tensor([5, 4], 1), tensor([7, 4], 2)];
    const all = hiddenLogprobs({ hidden, weight, ids, temperature, entropy: true });
    const both = hiddenLogprobs({ hidden, weight, ids, temperature, kept, full: true, entropy: true });
    expect(numbersOf([both.fullLogprobs!, both.entropy!])).toEqual(numbersOf([all.logprobs, all.entropy!]));
    const logits = tf.matMul(hidden as tf.Tensor2D, weight as tf.Tensor2D, false, true).arraySync() as number[][];
    const expected = kept.map((row, index) => {
      const weights = (row.length > 0 ? [...row] : [0, 1, 2, 3, 4, 5, 6]).map((id) => Math.exp(logits[index]![id]! / temperature));
      return logits[index]![ids[index]!]! / temperature - Math.log(weights.reduce((sum, one) => sum + one, 0));
    });
    expectClose(numbersOf([both.logprobs]), expected);
    expect(numbersOf([hiddenLogprobs({ hidden, weight, ids, temperature, kept }).logprobs])).toEqual(numbersOf([both.logprobs]));
  });

  test.each(rowsAtOnce)("over kept ids too, gradients agree with finite differences, %i rows at once", (rows) => {
    const inputs = [tensor([5, 4], 1), tensor([7, 4], 2)];
    const options = { ids, temperature, kept, rowsAtOnce: rows };
    const agrees = (read: (given: { hidden: tf.Tensor; weight: tf.Tensor }) => tf.Tensor) =>
      expectGradientsByFiniteDifferences((hidden, weight) => read({ hidden: hidden!, weight: weight! }), inputs);
    agrees((given) => hiddenLogprobs({ ...given, ...options }).logprobs);
    agrees((given) => hiddenLogprobs({ ...given, ...options, full: true }).logprobs);
    agrees((given) => hiddenLogprobs({ ...given, ...options, full: true }).fullLogprobs!);
    agrees((given) => {
      const { logprobs, fullLogprobs, entropy } = hiddenLogprobs({ ...given, ...options, full: true, entropy: true });
      return tf.stack([logprobs, fullLogprobs!, entropy!]);
    });
  });

  test("the gradient of a tied weight goes by way of its embedding, also after that pass's tape has ended", () => {
    const places = tf.tensor1d([1, 6, 1, 2, 0], "int32");
    const weight = tensor([7, 4], 2);
    const apart = (table: tf.Tensor) =>
      tf.sum(hiddenLogprobs({ hidden: embedding(table, places), weight: table, ids, temperature }).logprobs);
    const tied = (table: tf.Tensor) => {
      const both = tiedEmbedding(table, places);
      return tf.sum(hiddenLogprobs({ hidden: both.rows, weight: table, tied: both.table, ids, temperature }).logprobs);
    };
    expectClose(numbersOf([tf.grad(tied)(weight)]), numbersOf([tf.grad(apart)(weight)]));

    let earlier: { rows: tf.Tensor; table: tf.Tensor } | undefined;
    tf.dispose(
      tf.grad((table) => {
        const { rows, table: shared } = tiedEmbedding(table, places);
        earlier = { rows: tf.keep(rows), table: shared };
        return tf.sum(rows);
      })(weight),
    );
    const later = (tiedTo?: tf.Tensor) => (table: tf.Tensor) =>
      tf.sum(hiddenLogprobs({ hidden: earlier!.rows, weight: table, tied: tiedTo, ids, temperature }).logprobs);
    expect(numbersOf([tf.grad(later(earlier!.table))(weight)])).toEqual(numbersOf([tf.grad(later())(weight)]));
  });
});

test("hidden states, weights and ids that don't fit are refused", () => {
  const refused = (hidden: number[], weight: number[], count: number) => () =>
    hiddenLogprobs({ hidden: tf.zeros(hidden), weight: tf.zeros(weight), ids: new Int32Array(count), temperature: 1 });
  for (const one of [refused([2, 3], [5, 4], 2), refused([2, 3], [5, 3], 1), refused([1, 2, 3], [5, 3], 2)])
    expect(one).toThrow(KernelError);
  expect(() => hiddenLogprobs({ hidden: tf.zeros([1, 3]), weight: tf.zeros([5, 3]), ids: Int32Array.of(5), temperature: 1 })).toThrow(
    /id 5/,
  );
  expect(() =>
    hiddenLogprobs({ hidden: tf.zeros([1, 3]), weight: tf.zeros([5, 3]), ids: Int32Array.of(1), temperature: 1, kept: [] }),
  ).toThrow(/kept ids of 0 rows/);
});
