import { tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import type { DecodeAttention } from "./decode-attention.ts";

export interface Layout {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly size: number;
}

/** Texts that end one after another: rows of tokens, `[whole length, width]` each, of which the first `begin` are read at once. */
export function texts({ heads, keyValueHeads, size }: Layout, sizes: readonly { begin: number; whole: number }[], seed: number) {
  const width = (heads + 2 * keyValueHeads) * size;
  return sizes.map(({ begin, whole }, text) => ({ begin, whole, rows: tensor([whole, width], seed + text, 2) }));
}

/** What each text's tokens attend to, when they are read as `attention` says: `[whole length, h·d]` each. */
export function decode(attention: DecodeAttention, layout: Layout, given: ReturnType<typeof texts>): tf.Tensor[] {
  const part = (text: number, from: number, count: number) => tf.slice(given[text]!.rows, [from, 0], [count, -1]);
  const { heads, keyValueHeads } = layout;
  const read = (pass: "start" | "next", rows: tf.Tensor[]): tf.Tensor => {
    // Two layers, which must not mix.
    attention[pass]({ layer: 0, queryKeyValue: tf.neg(tf.concat(rows)), heads, keyValueHeads });
    return attention[pass]({ layer: 1, queryKeyValue: tf.concat(rows), heads, keyValueHeads });
  };
  const begins = given.map(({ begin }) => begin);
  const results = tf.split(
    read(
      "start",
      begins.map((begin, text) => part(text, 0, begin)),
    ),
    begins,
  );
  for (let token = 0; ; token++) {
    const running = given.flatMap(({ begin, whole }, text) => (begin + token < whole ? [text] : []));
    if (running.length === 0) return results;
    attention.advance(Int32Array.from(running));
    const attended = read(
      "next",
      running.map((text) => part(text, begins[text]! + token, 1)),
    );
    running.forEach((text, row) => {
      results[text] = tf.concat([results[text]!, tf.slice(attended, [row, 0], [1, -1])]);
    });
  }
}

export const sizesOf = (given: ReturnType<typeof texts>) => ({
  lengths: Int32Array.from(given, ({ begin }) => begin),
  columns: Math.max(...given.map(({ whole }) => whole)),
});

export const layouts: Layout[] = [
  { heads: 1, keyValueHeads: 1, size: 1 },
  { heads: 3, keyValueHeads: 3, size: 7 },
  { heads: 6, keyValueHeads: 2, size: 33 },
];
