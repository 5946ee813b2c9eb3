import { onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { decodeAttention } from "./decode-attention.ts";
import { decode, layouts, sizesOf, texts } from "./decoding-texts.fixture.ts";
import { PortableDecodeAttention } from "./portable-decode-attention.ts";
import { WebGpuDecodeAttention } from "./webgpu-decode-attention.ts";

const sizes = [
  { begin: 3, whole: 5 },
  { begin: 1, whole: 1 },
  { begin: 2, whole: 7 },
];

await onWebGpu(() => {
  test.each(layouts)("texts that end one after another attend as in plain JavaScript: %o", async (layout) => {
    await tf.setBackend("cpu");
    const given = texts(layout, sizes, 5);
    const portable = new PortableDecodeAttention(sizesOf(given));
    const expected = await Promise.all(decode(portable, layout, given).map((rows) => rows.data()));
    await tf.setBackend("webgpu");
    const before = tf.memory().numTensors;
    const results = tf.tidy(() => {
      const own = texts(layout, sizes, 5);
      const attention = decodeAttention(sizesOf(own));
      expect(attention).toBeInstanceOf(WebGpuDecodeAttention);
      const attended = decode(attention, layout, own);
      attention.dispose();
      return attended;
    });
    expect(tf.memory().numTensors - before).toBe(results.length);
    for (const [text, rows] of results.entries()) {
      const values = await rows.data();
      expect(values).toHaveLength(expected[text]!.length);
      values.forEach((value, index) => {
        expect(Math.abs(value - expected[text]![index]!)).toBeLessThan(1e-5);
      });
    }
  });
});
