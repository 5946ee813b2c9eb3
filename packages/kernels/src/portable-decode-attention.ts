import * as tf from "@tensorflow/tfjs-core";
import { causalAttention, mergeHeads, splitHeads } from "./attention.ts";
import type { DecodeAttention, LayerTokens, TextSizes } from "./decode-attention.ts";
import { packedAttention } from "./packed-attention.ts";
import { gathered } from "./packed-rows.ts";

const hidden = -1e9;

/**
 * `DecodeAttention` in tfjs's operations: beginnings of texts are padded on the left to one length, so that each pass adds one column for
 * all texts that go on; padding is hidden by a bias.
 */
export class PortableDecodeAttention implements DecodeAttention {
  readonly #beginnings: Int32Array;
  readonly #longest: number;
  /** `[A, g, T, d]` of the texts that went on so far. */
  readonly #layers: { keys: tf.Tensor; values: tf.Tensor }[] = [];
  #texts: Int32Array;
  #columns: number;
  /** `[A, 1, 1, T]`. */
  #bias: tf.Tensor | undefined;

  constructor({ lengths }: TextSizes) {
    this.#beginnings = lengths.slice();
    this.#longest = this.#columns = lengths.reduce((longest, length) => Math.max(longest, length), 0);
    this.#texts = Int32Array.from(lengths, (_, text) => text);
  }

  start({ layer, queryKeyValue, heads, keyValueHeads }: LayerTokens): tf.Tensor {
    this.#layers[layer] = kept(() => {
      const padded = gathered(queryKeyValue, this.#leftPadded());
      const rows = tf.reshape(padded, [this.#texts.length, this.#longest, -1]);
      const { key, value } = partsOf(rows, heads, keyValueHeads);
      return { keys: key, values: value };
    });
    return packedAttention({ queryKeyValue, lengths: this.#beginnings, heads, keyValueHeads });
  }

  advance(texts: Int32Array): void {
    if (texts.length < this.#texts.length) {
      const places = tf.tensor1d(
        texts.map((text) => this.#texts.indexOf(text)),
        "int32",
      );
      this.#layers.forEach((layer, index) => {
        this.#layers[index] = kept(() => ({ keys: tf.gather(layer.keys, places), values: tf.gather(layer.values, places) }));
        tf.dispose({ ...layer });
      });
      tf.dispose(places);
    }
    this.#texts = texts.slice();
    this.#columns++;
    tf.dispose(this.#bias ?? []);
    const bias = new Float32Array(texts.length * this.#columns);
    texts.forEach((text, row) => {
      bias.fill(hidden, row * this.#columns, row * this.#columns + this.#longest - this.#beginnings[text]!);
    });
    this.#bias = tf.keep(tf.tensor4d(bias, [texts.length, 1, 1, this.#columns]));
  }

  next({ layer, queryKeyValue, heads, keyValueHeads }: LayerTokens): tf.Tensor {
    return tf.tidy(() => {
      const { query, key, value } = partsOf(tf.reshape(queryKeyValue, [this.#texts.length, 1, -1]), heads, keyValueHeads);
      const before = this.#layers[layer]!;
      const all = kept(() => ({ keys: tf.concat([before.keys, key], 2), values: tf.concat([before.values, value], 2) }));
      this.#layers[layer] = all;
      tf.dispose({ ...before });
      const attended = causalAttention({ query, key: all.keys, value: all.values, bias: this.#bias! });
      return tf.reshape(mergeHeads(attended), [this.#texts.length, -1]);
    });
  }

  dispose(): void {
    for (const { keys, values } of this.#layers.splice(0)) tf.dispose([keys, values]);
    tf.dispose(this.#bias ?? []);
    this.#bias = undefined;
  }

  /** `[B · longest]`: the row of each place in `[N, …]`, −1 at padding. */
  #leftPadded(): Int32Array {
    const from = new Int32Array(this.#beginnings.length * this.#longest).fill(-1);
    let read = 0;
    this.#beginnings.forEach((length, text) => {
      for (let column = this.#longest - length; column < this.#longest; column++) from[text * this.#longest + column] = read++;
    });
    return from;
  }
}

/** `[B, T, (h + 2g)·d]` to heads `[B, h, T, d]` and `[B, g, T, d]`. */
function partsOf(rows: tf.Tensor, heads: number, keyValueHeads: number): { query: tf.Tensor; key: tf.Tensor; value: tf.Tensor } {
  const [query, key, value] = tf.split(splitHeads(rows, heads + 2 * keyValueHeads), [heads, keyValueHeads, keyValueHeads], 1);
  return { query: query!, key: key!, value: value! };
}

function kept(make: () => { keys: tf.Tensor; values: tf.Tensor }): { keys: tf.Tensor; values: tf.Tensor } {
  const { keys, values } = tf.tidy(make);
  return { keys: tf.keep(keys), values: tf.keep(values) };
}
