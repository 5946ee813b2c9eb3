import * as tf from "@tensorflow/tfjs-core";
import type { DecodeAttention, LayerTokens, TextSizes } from "./decode-attention.ts";
import { packedAttention } from "./packed-attention.ts";
import { shaderOf } from "./shader-of.ts";
import { reductions } from "./shader-reductions.ts";
import type { TokenCache, TokenPlaces } from "./token-program.ts";
import type { WebGpuOps } from "./webgpu-ops.ts";

// The shaders beside decode-attention.cc. Keys and values are [B, g, columns, d], rows of tokens [N, (h + 2g)·d].

const threads = 64;

/** Writes keys and values of each token, of `texts[row]` and at `lengths[row]`, into the cache. */
const fill = /* @__PURE__ */ shaderOf(() => ({
  key: "fill-cache",
  threads,
  body: `
    let i = group * ${threads}u + thread;
    let width = given.keyValueHeads * given.size;
    let row = i / width;
    if (row >= given.rows) { return; }
    let head = i % width / given.size;
    let place = i % given.size;
    let cell = ((u32(texts[row]) * given.keyValueHeads + head) * given.columns + u32(lengths[row])) * given.size + place;
    let begin = row * (given.heads + 2u * given.keyValueHeads) * given.size + given.heads * given.size;
    keys[cell] = tokens[begin + head * given.size + place];
    values[cell] = tokens[begin + width + head * given.size + place];`,
}));

/** A group for each head of each row: the scores of what was read, the row's own token the last, then their softmax times the values. */
const attend = /* @__PURE__ */ shaderOf(() => ({
  key: "decode-attention",
  threads,
  declarations: reductions(threads),
  body: `
    let row = group / given.heads;
    if (row >= given.rows) { return; }
    let head = group % given.heads;
    let query = row * (given.heads + 2u * given.keyValueHeads) * given.size + head * given.size;
    let keyHead = head / (given.heads / given.keyValueHeads);
    let begin = (u32(texts[row]) * given.keyValueHeads + keyHead) * given.columns * given.size;
    let count = u32(lengths[row]) + 1u;
    let score = group * given.columns;
    var most = -3.4e38;
    for (var t = thread; t < count; t += ${threads}u) {
      var product = 0.0;
      for (var i = 0u; i < given.size; i++) { product += tokens[query + i] * keys[begin + t * given.size + i]; }
      product *= given.scale;
      scores[score + t] = product;
      most = max(most, product);
    }
    let largest = largestOf(thread, most);
    var sum = 0.0;
    for (var t = thread; t < count; t += ${threads}u) {
      let weight = exp(scores[score + t] - largest);
      scores[score + t] = weight;
      sum += weight;
    }
    let total = totalOf(thread, sum);
    storageBarrier();
    for (var i = thread; i < given.size; i += ${threads}u) {
      var weighted = 0.0;
      for (var t = 0u; t < count; t++) { weighted += scores[score + t] * values[begin + t * given.size + i]; }
      attended[group * given.size + i] = weighted / total;
    }`,
}));

/** `DecodeAttention` by shaders: a text's keys and values, of a head, stand one after another in memory for all columns, made once. */
export class WebGpuDecodeAttention implements DecodeAttention {
  readonly #webGpu: WebGpuOps;
  readonly #columns: number;
  /** Of all texts; where the next token of each goes. */
  readonly #lengths: Int32Array;
  readonly #layers: TokenCache[] = [];
  #places: TokenPlaces | undefined;

  constructor(webGpu: WebGpuOps, { lengths, columns }: TextSizes) {
    this.#webGpu = webGpu;
    this.#columns = columns;
    this.#lengths = lengths.slice();
  }

  start({ layer, queryKeyValue, heads, keyValueHeads }: LayerTokens): tf.Tensor {
    const shape = [this.#lengths.length, keyValueHeads, this.#columns, queryKeyValue.shape[1]! / (heads + 2 * keyValueHeads)];
    this.#layers[layer] = { keys: tf.keep(this.#webGpu.zeros(shape)), values: tf.keep(this.#webGpu.zeros(shape)) };
    const texts = [...this.#lengths].flatMap((length, text) => Array<number>(length).fill(text));
    const places = [...this.#lengths].flatMap((length) => Array.from({ length }, (_, place) => place));
    tf.tidy(() => this.#fill({ layer, queryKeyValue, heads, keyValueHeads }, { texts: int32(texts), lengths: int32(places) }));
    return packedAttention({ queryKeyValue, lengths: this.#lengths, heads, keyValueHeads });
  }

  advance(texts: Int32Array): void {
    this.#forgetPlaces();
    const lengths = texts.map((text) => this.#lengths[text]!);
    this.#places = { texts: tf.keep(int32(texts)), lengths: tf.keep(int32(lengths)) };
    for (const text of texts) this.#lengths[text]!++;
  }

  next(tokens: LayerTokens): tf.Tensor {
    const { layer, queryKeyValue, heads, keyValueHeads } = tokens;
    const places = this.#places!;
    this.#fill(tokens, places);
    const { keys, values } = this.#layers[layer]!;
    const rows = queryKeyValue.shape[0]!;
    const size = keys.shape[3]!;
    return tf.tidy(() => {
      const attended = this.#webGpu.empty([rows, heads * size]);
      const scores = this.#webGpu.empty([rows, heads, this.#columns]);
      const numbers = { ...this.#sizes(rows, size, heads, keyValueHeads), scale: { f32: 1 / Math.sqrt(size) } };
      this.#webGpu.run(
        attend,
        { reads: { tokens: queryKeyValue, keys, values, ...places }, writes: { scores, attended }, numbers },
        rows * heads,
      );
      return attended;
    });
  }

  dispose(): void {
    for (const { keys, values } of this.#layers.splice(0)) tf.dispose([keys, values]);
    this.#forgetPlaces();
  }

  #fill({ layer, queryKeyValue, heads, keyValueHeads }: LayerTokens, places: TokenPlaces): void {
    const { keys, values } = this.#layers[layer]!;
    const rows = queryKeyValue.shape[0]!;
    const size = keys.shape[3]!;
    const tensors = {
      reads: { tokens: queryKeyValue, ...places },
      writes: { keys, values },
      numbers: this.#sizes(rows, size, heads, keyValueHeads),
    };
    this.#webGpu.run(fill, tensors, Math.ceil((rows * keyValueHeads * size) / threads));
  }

  #sizes(rows: number, size: number, heads: number, keyValueHeads: number) {
    const sizes = { rows, columns: this.#columns, heads, keyValueHeads, size };
    return Object.fromEntries(Object.entries(sizes).map(([name, u32]) => [name, { u32 }]));
  }

  #forgetPlaces(): void {
    tf.dispose({ ...this.#places });
    this.#places = undefined;
  }
}

const int32 = (values: ArrayLike<number>): tf.Tensor1D => tf.tensor1d(Int32Array.from(values), "int32");
