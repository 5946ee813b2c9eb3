import { onEachBackend, onNativeKernels } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { decodeAttention } from "./decode-attention.ts";
import { decode, layouts, sizesOf, texts } from "./decoding-texts.fixture.ts";
import { KernelError } from "./error.ts";
import { packedAttention } from "./packed-attention.ts";
import { PortableDecodeAttention } from "./portable-decode-attention.ts";

function expectClose(computed: tf.Tensor, expected: tf.Tensor): void {
  expect(computed.shape).toEqual(expected.shape);
  const wanted = expected.dataSync();
  computed.dataSync().forEach((value, index) => {
    expect(Math.abs(value - wanted[index]!)).toBeLessThan(1e-5);
  });
}

onEachBackend(() => {
  test("the second token of a text weighs the first and itself", () => {
    // d = 1: q = 1, k = [0, ln 3], v = [8, 4]: 8/4 + 3·4/4 = 5.
    const attention = decodeAttention({ lengths: Int32Array.of(1), columns: 2 });
    const heads = { layer: 0, heads: 1, keyValueHeads: 1 };
    expect([...attention.start({ ...heads, queryKeyValue: tf.tensor2d([[1, 0, 8]]) }).dataSync()]).toEqual([8]);
    attention.advance(Int32Array.of(0));
    expect(attention.next({ ...heads, queryKeyValue: tf.tensor2d([[1, Math.log(3), 4]]) }).dataSync()[0]).toBeCloseTo(5, 5);
    attention.dispose();
  });

  test.each(layouts)(
    "$heads heads, $keyValueHeads of keys, of $size: texts of any lengths, ending at any time, read token by token as at once",
    (layout) => {
      const given = texts(layout, [{ begin: 3, whole: 6 }, { begin: 1, whole: 9 }, { begin: 5, whole: 5 }, { begin: 2, whole: 9 }], 1); // biome-ignore format: a line
      const results = decode(decodeAttention(sizesOf(given)), layout, given);
      given.forEach(({ rows, whole }, text) => {
        expectClose(results[text]!, packedAttention({ queryKeyValue: rows, lengths: Int32Array.of(whole), ...layout }));
      });
    },
  );

  test("dispose frees all that was kept", () => {
    const layout = layouts[1]!;
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const given = texts(layout, [{ begin: 2, whole: 5 }, { begin: 1, whole: 3 }], 1); // biome-ignore format: a line
      const attention = decodeAttention(sizesOf(given));
      decode(attention, layout, given);
      attention.dispose();
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test("texts without tokens, or longer than the columns, are refused", () => {
    for (const lengths of [[], [0], [2, 4]])
      expect(() => decodeAttention({ lengths: Int32Array.from(lengths), columns: 3 })).toThrow(KernelError);
  });
});

onNativeKernels(() => {
  test("hundreds of columns give what tfjs's operations give", () => {
    const layout = { heads: 4, keyValueHeads: 2, size: 64 };
    const given = texts(layout, [{ begin: 300, whole: 303 }, { begin: 17, whole: 19 }, { begin: 129, whole: 132 }], 5); // biome-ignore format: a line
    const native = decode(decodeAttention(sizesOf(given)), layout, given);
    const portable = decode(new PortableDecodeAttention(sizesOf(given)), layout, given);
    native.forEach((result, text) => {
      expectClose(result, portable[text]!);
    });
  });

  test("a text gives the same bytes alone and among others", () => {
    const layout = layouts[2]!;
    const given = texts(layout, [{ begin: 3, whole: 6 }, { begin: 4, whole: 30 }, { begin: 70, whole: 75 }], 3); // biome-ignore format: a line
    const together = decode(decodeAttention(sizesOf(given)), layout, given);
    const alone = decode(decodeAttention({ lengths: Int32Array.of(4), columns: 40 }), layout, [given[1]!]);
    expect(alone[0]!.dataSync()).toEqual(together[1]!.dataSync());
  });

  test("a token without a place in the cache is refused, not written past it", () => {
    const attention = decodeAttention({ lengths: Int32Array.of(2), columns: 2 });
    const heads = { layer: 0, heads: 1, keyValueHeads: 1 };
    attention.start({ ...heads, queryKeyValue: tf.ones([2, 3]) });
    attention.advance(Int32Array.of(0));
    expect(() => attention.next({ ...heads, queryKeyValue: tf.ones([1, 3]) })).toThrow(/no place/);
    attention.dispose();
  });
});
