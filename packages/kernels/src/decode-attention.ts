import * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";
import { nativeOps } from "./native-ops.ts";
import { type PackedSequences, packedAttention } from "./packed-attention.ts";
import { PortableDecodeAttention } from "./portable-decode-attention.ts";
import type { TokenCache, TokenPlaces } from "./token-program.ts";
import { WebGpuDecodeAttention } from "./webgpu-decode-attention.ts";
import { webGpuOps } from "./webgpu-ops.ts";

/** What a layer hands over: `[N, (h + 2g)·d]`, of each token h query heads, g key heads and g value heads. */
export interface LayerTokens extends Pick<PackedSequences, "heads" | "keyValueHeads"> {
  readonly layer: number;
  readonly queryKeyValue: tf.Tensor;
}

/**
 * Attention while several texts are continued token by token: keys and values of what was read are kept, those of each layer by
 * themselves. Maths as `packedAttention`; no gradients. Results belong to the caller (or the surrounding tidy), what is kept to this object.
 *
 * @example
 * const attention = decodeAttention({ lengths: Int32Array.of(2, 1), columns: 3 });
 * const heads = { layer: 0, heads: 1, keyValueHeads: 1 };
 * attention.start({ ...heads, queryKeyValue: tf.ones([3, 6]) }); // two tokens of the first text, one of the second: [3, 2]
 * attention.advance(Int32Array.of(1)); // the first text has ended
 * attention.next({ ...heads, queryKeyValue: tf.ones([1, 6]) }); // of shape [1, 2]
 * attention.dispose();
 */
export interface DecodeAttention {
  /** The beginnings of all texts, one after another: `[N, h·d]`. Once a layer. */
  start(tokens: LayerTokens): tf.Tensor;
  /** Says which texts the next pass has a token of, by their numbers from 0, in ascending order; one that was left out doesn't come back. */
  advance(texts: Int32Array): void;
  /** One token of each of those: `[A, h·d]`. Once a layer after each `advance`. */
  next(tokens: LayerTokens): tf.Tensor;
  /** What is kept, for a `TokenProgram` to do as `next` does; undefined where it lies otherwise than that wants. */
  readonly kept?: { layer(layer: number): TokenCache; places(): TokenPlaces };
  dispose(): void;
}

/** How long texts are at first, and how long any of them may become. */
export interface TextSizes {
  /** Tokens of each text, at least 1; they add up to the N of `start`. */
  readonly lengths: Int32Array;
  readonly columns: number;
}

/**
 * The fastest {@link DecodeAttention} of this backend. Natively and on WebGPU keys and values lie in memory for all columns, made once, and each token's
 * are written into their place; elsewhere they are concatenated, token by token.
 *
 * @throws KernelError `shape-mismatch`.
 */
export function decodeAttention(sizes: TextSizes): DecodeAttention {
  if (sizes.lengths.length === 0 || sizes.lengths.some((length) => length < 1 || length > sizes.columns))
    throw new KernelError(
      "shape-mismatch",
      `decodeAttention was given lengths ${sizes.lengths.join(", ")} and ${sizes.columns} columns: pass lengths from 1 to the columns.`,
    );
  const webGpu = webGpuOps();
  if (webGpu !== undefined) return new WebGpuDecodeAttention(webGpu, sizes);
  return nativeOps()?.has("CaiDecodeAttention") ? new NativeDecodeAttention(sizes) : new PortableDecodeAttention(sizes);
}

/** By our own kernels: keys and values of a text, of a head, stand one after another. */
class NativeDecodeAttention implements DecodeAttention {
  readonly #columns: number;
  /** Of all texts; where the next token of each goes. */
  readonly #lengths: Int32Array;
  readonly #layers: TokenCache[] = [];
  #places: TokenPlaces | undefined;
  readonly kept = { layer: (layer: number) => this.#layers[layer]!, places: () => this.#places! };

  constructor({ lengths, columns }: TextSizes) {
    this.#columns = columns;
    this.#lengths = lengths.slice();
  }

  start({ layer, queryKeyValue, heads, keyValueHeads }: LayerTokens): tf.Tensor {
    const attended = packedAttention({ queryKeyValue, lengths: this.#lengths, heads, keyValueHeads });
    const shape = [this.#lengths.length, keyValueHeads, this.#columns, queryKeyValue.shape[1]! / (heads + 2 * keyValueHeads)];
    // Filled by TensorFlow, so that no zeros pass through JS; kernels write into them, and nobody else has them.
    const [keys, values] = [0, 1].map(() => tf.keep(tf.fill(shape, 0))) as [tf.Tensor, tf.Tensor];
    this.#layers[layer] = { keys, values };
    const lengths = tf.tensor1d(this.#lengths, "int32");
    nativeOps()!.runMany("CaiFillCache", attributes({ heads, keyValueHeads }), [queryKeyValue, keys, values, lengths], 0);
    tf.dispose(lengths);
    return attended;
  }

  advance(texts: Int32Array): void {
    this.#forgetPlaces();
    const lengths = texts.map((text) => this.#lengths[text]!);
    this.#places = { texts: tf.keep(tf.tensor1d(texts, "int32")), lengths: tf.keep(tf.tensor1d(lengths, "int32")) };
    for (const text of texts) this.#lengths[text]!++;
  }

  next({ layer, queryKeyValue, heads, keyValueHeads }: LayerTokens): tf.Tensor {
    const { keys, values } = this.#layers[layer]!;
    const { texts, lengths } = this.#places!;
    return nativeOps()!.run("CaiDecodeAttention", attributes({ heads, keyValueHeads }), [queryKeyValue, keys, values, texts, lengths]);
  }

  dispose(): void {
    for (const { keys, values } of this.#layers.splice(0)) tf.dispose([keys, values]);
    this.#forgetPlaces();
  }

  #forgetPlaces(): void {
    tf.dispose({ ...this.#places });
    this.#places = undefined;
  }
}

const attributes = ({ heads, keyValueHeads }: Pick<PackedSequences, "heads" | "keyValueHeads">) => ({
  heads: { int: heads },
  key_value_heads: { int: keyValueHeads },
});
