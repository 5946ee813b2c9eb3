import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { causalAttention, mergeHeads, splitHeads } from "./attention.ts";
import { attentionBias } from "./attention-bias.ts";
import { KernelError } from "./error.ts";

const mask = new Uint8Array([1, 1, 1, 0, 1, 1]);

onEachBackend(() => {
  test("the first token sees itself alone, the second weighs both by softmax(q·k/√d)", () => {
    // d = 1, q = 1 everywhere, k = [0, ln 3]: the second token's weights are 1/4 and 3/4.
    const query = tf.ones([1, 1, 2, 1]);
    const key = tf.tensor4d([0, Math.log(3)], [1, 1, 2, 1]);
    const value = tf.tensor4d([8, 4], [1, 1, 2, 1]);
    const bias = attentionBias({ mask: new Uint8Array([1, 1]), shape: [1, 2] });
    const y = causalAttention({ query, key, value, bias }).dataSync();
    expect(y[0]).toBeCloseTo(8, 5);
    expect(y[1]).toBeCloseTo(5, 5);
  });

  test("what stands at padding changes nothing for the tokens that count", () => {
    const bias = attentionBias({ mask, shape: [2, 3] });
    const [query, key, value] = [tensor([2, 2, 3, 4], 1), tensor([2, 2, 3, 4], 2), tensor([2, 2, 3, 4], 3)];
    // Row 1 is padded in column 0.
    const padding = tf.tensor4d(new Float32Array([0, 0, 0, 1, 0, 0]), [2, 1, 3, 1]);
    const garbled = (x: tf.Tensor) => tf.add(x, tf.mul(padding, 37));
    const clean = causalAttention({ query, key, value, bias });
    const dirty = causalAttention({ query: garbled(query), key: garbled(key), value: garbled(value), bias });
    const counted = (y: tf.Tensor) => tf.where(tf.cast(tf.broadcastTo(padding, y.shape), "bool"), 0, y).dataSync();
    expect(counted(dirty)).toEqual(counted(clean));
  });

  test("gradients agree with finite differences, padding included", () => {
    const bias = attentionBias({ mask, shape: [2, 3] });
    expectGradientsByFiniteDifferences(
      (query, key, value) => causalAttention({ query: query!, key: key!, value: value!, bias }),
      [tensor([2, 2, 3, 4], 1), tensor([2, 2, 3, 4], 2), tensor([2, 2, 3, 4], 3)],
    );
  });

  test("queries may be fewer than keys, as with a cache, and give the last rows of the whole", () => {
    const [query, key, value] = [tensor([2, 2, 3, 4], 1), tensor([2, 2, 3, 4], 2), tensor([2, 2, 3, 4], 3)];
    const whole = causalAttention({ query, key, value, bias: attentionBias({ mask, shape: [2, 3] }) });
    const last = causalAttention({
      query: tf.slice(query, [0, 0, 2, 0], [-1, -1, 1, -1]),
      key,
      value,
      bias: attentionBias({ mask, shape: [2, 3], queryColumns: [2, 3] }),
    });
    const expected = tf.slice(whole, [0, 0, 2, 0], [-1, -1, 1, -1]).dataSync();
    last.dataSync().forEach((x, index) => {
      expect(x).toBeCloseTo(expected[index]!, 6);
    });
  });

  test("two query heads share one key and value head each: heads 0 and 1 the first, 2 and 3 the second", () => {
    // Two keys whose scores are 0 and q·ln 3: q = 0 weighs them alike, q = 1 as 1/4 and 3/4.
    const query = tf.tensor4d([0, 1, 0, 1], [1, 4, 1, 1]);
    const key = tf.tensor4d([0, Math.log(3), 0, Math.log(3)], [1, 2, 2, 1]);
    const value = tf.tensor4d([8, 4, 80, 40], [1, 2, 2, 1]);
    const y = causalAttention({ query, key, value }).dataSync();
    [6, 5, 60, 50].forEach((expected, head) => {
      expect(y[head]).toBeCloseTo(expected, 4);
    });
  });

  test("shared keys and values give what repeated ones give, and their gradients are the sums over the heads that share them", () => {
    const bias = attentionBias({ mask, shape: [2, 3] });
    const [query, key, value] = [tensor([2, 6, 3, 4], 1), tensor([2, 2, 3, 4], 2), tensor([2, 2, 3, 4], 3)];
    const repeated = (x: tf.Tensor) => {
      const [batch, heads, time, size] = x.shape as [number, number, number, number];
      return tf.reshape(tf.tile(tf.reshape(x, [batch * heads, 1, time * size]), [1, 3, 1]), [batch, 3 * heads, time, size]);
    };
    const evaluate = (arrange: (x: tf.Tensor) => tf.Tensor) => {
      const f = (q?: tf.Tensor, k?: tf.Tensor, v?: tf.Tensor) => causalAttention({ query: q!, key: arrange(k!), value: arrange(v!), bias });
      const weighted = (...xs: tf.Tensor[]) => tf.sum(tf.mul(f(...xs), tensor([2, 6, 3, 4], 9)));
      return [f(query, key, value), ...tf.grads(weighted)([query, key, value])].flatMap((one) => [...one.dataSync()]);
    };
    const expected = evaluate(repeated);
    evaluate((x) => x).forEach((x, index) => {
      expect(x).toBeCloseTo(expected[index]!, 5);
    });
  });

  test("gradients with shared keys and values agree with finite differences", () => {
    const bias = attentionBias({ mask, shape: [2, 3] });
    expectGradientsByFiniteDifferences(
      (query, key, value) => causalAttention({ query: query!, key: key!, value: value!, bias }),
      [tensor([2, 4, 3, 2], 1), tensor([2, 2, 3, 2], 2), tensor([2, 2, 3, 2], 3)],
    );
  });

  test("mergeHeads undoes splitHeads, and head 1 is the second half of the hidden axis", () => {
    const x = tensor([2, 3, 4]);
    const heads = splitHeads(x, 2);
    expect(heads.shape).toEqual([2, 2, 3, 2]);
    expect(tf.slice(heads, [0, 1, 0, 0], [1, 1, 1, 2]).dataSync()).toEqual(tf.slice(x, [0, 0, 2], [1, 1, 2]).dataSync());
    expect(mergeHeads(heads).dataSync()).toEqual(x.dataSync());
  });
});

test("keys of another head size, and of a number of heads that does not divide the queries', are refused", () => {
  const query = tf.zeros([1, 4, 3, 4]);
  for (const key of [tf.zeros([1, 4, 3, 5]), tf.zeros([1, 3, 3, 4]), tf.zeros([1, 8, 3, 4]), tf.zeros([2, 4, 3, 4]), tf.zeros([4, 3, 4])])
    expect(() => causalAttention({ query, key, value: key })).toThrow(KernelError);
  expect(() => splitHeads(tf.zeros([1, 2, 5]), 2)).toThrow(/5.*2 heads/);
});
