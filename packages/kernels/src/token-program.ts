import * as tf from "@tensorflow/tfjs-core";
import type { Int8Weights } from "./int8-weights.ts";
import type { LinearFusion } from "./linear-fusion.ts";
import { nativeOps } from "./native-ops.ts";
import { assignRooms } from "./token-rooms.ts";

/** What a pass computes on its way: `[A, width]`, a row for each text that goes on. */
export interface TokenValue {
  readonly number: number;
  readonly width: number;
}

/** A linear layer's weights as `linear` and `loraLinear` take them: float32, or of 8 bits. Tensors stay the caller's. */
export type TokenLayer =
  | {
      readonly weight: tf.Tensor;
      readonly transposed: boolean;
      readonly bias?: tf.Tensor | undefined;
      readonly update?: { readonly a: tf.Tensor; readonly b: tf.Tensor; readonly scale: number; readonly offset?: tf.Tensor } | undefined;
    }
  | { readonly int8: Int8Weights; readonly bias?: tf.Tensor | undefined };

/** `LinearFusion` over values. */
export interface TokenFusion extends Pick<LinearFusion, "norm" | "activation"> {
  readonly residual?: TokenValue | undefined;
}

/** A layer's keys and values so far, `[texts, g, columns, d]`: written to by each pass. */
export interface TokenCache {
  readonly keys: tf.Tensor;
  readonly values: tf.Tensor;
}

/** The texts that go on, as numbers of the cache's rows, and how many tokens each has; int32 `[A]`. */
export interface TokenPlaces {
  readonly texts: tf.Tensor;
  readonly lengths: tf.Tensor;
}

/** What a {@link TokenProgram} has become. */
export interface TokenPass {
  /**
   * One token of each text: `ids` `[A]` → `[A, width]` of the result. The caller disposes.
   *
   * Throws TensorFlow's error where a tensor does not fit its step, or an id its table.
   */
  run(ids: Int32Array, places: TokenPlaces): tf.Tensor2D;
  /** Frees what was made for it; weights and caches stay their owners'. */
  dispose(): void;
}

/** What a step does, as `token-script.h` has it. */
const codes = { embed: 0, linear: 1, int8Linear: 2, layerNorm: 3, rmsNorm: 4, gated: 5, add: 6, scale: 7, attend: 8 } as const;

/** A whole number, a float32, a value, a float32 tensor, or one of integers; `undefined` where a step lacks what it may have. */
type Word = number | { readonly float: number } | TokenValue | tf.Tensor | undefined;

interface TokenStep {
  readonly code: number;
  readonly result: TokenValue;
  readonly words: readonly Word[];
}

/**
 * A model's pass over one new token of each of a few texts, put together once and then run token by token as one native operation.
 * As operations of their own its hundreds of steps take as long as reading the weights does, and on a small model many times as long.
 *
 * Maths are those of the kernels of the same names. No gradients. Weights and caches are read when the pass runs, and must live as long.
 *
 * @example
 * if (TokenProgram.isAvailable()) {
 *   const program = new TokenProgram();
 *   const pass = program.compile(program.scale(program.embed(tf.tensor2d([[1, 2], [3, 4]]), "tokens"), 2));
 *   const places = { texts: tf.tensor1d([0], "int32"), lengths: tf.tensor1d([0], "int32") };
 *   const y = pass.run(Int32Array.of(1), places); // [[6, 8]]
 *   pass.dispose();
 * }
 */
export class TokenProgram {
  readonly #steps: TokenStep[] = [];
  readonly #floats: tf.Tensor[] = [];
  readonly #integers: tf.Tensor[] = [];
  /** Made of weights, for as long as this lives. */
  readonly #own: tf.Tensor[] = [];
  #values = 0;

  /** Whether this backend has the operation. */
  static isAvailable(): boolean {
    return nativeOps()?.has("CaiTokenPass") === true;
  }

  /** Rows of a table `[·, H]`: by the tokens' ids, or by their positions in their texts. */
  embed(table: tf.Tensor, by: "tokens" | "positions"): TokenValue {
    return this.#add(codes.embed, table.shape[1]!, [table, by === "tokens" ? 0 : 1]);
  }

  /** As `fusedLinear`; as `int8Linear` with weights of 8 bits; as `loraLinear` with an update. */
  linear(input: TokenValue, layer: TokenLayer, { norm, activation, residual }: TokenFusion = {}): TokenValue {
    const fused = [norm?.gain, norm?.bias, { float: norm?.epsilon ?? 0 }, activation === "gelu" ? 1 : 0, residual];
    if ("int8" in layer) {
      const { integers, scales } = layer.int8;
      return this.#add(codes.int8Linear, scales.size, [input, integers, scales, layer.bias, ...fused]);
    }
    const { weight, transposed, bias, update } = layer;
    const { a, b, scale = 0, offset } = update ?? {};
    const right = b && this.#keep(() => tf.transpose(b));
    const shift = offset === undefined ? bias : this.#keep(() => sumOf(bias, tf.mul(offset, scale)));
    const words = [input, weight, transposed ? 1 : 0, a?.shape[0] ?? 0, a, right, { float: scale }, shift, ...fused];
    return this.#add(codes.linear, weight.shape[transposed ? 0 : 1]!, words);
  }

  /** As the kernel of that name. */
  layerNorm(input: TokenValue, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): TokenValue {
    return this.#add(codes.layerNorm, input.width, [input, gain, bias, { float: epsilon }]);
  }

  /** As the kernel of that name. */
  rmsNorm(input: TokenValue, gain: tf.Tensor, epsilon: number, { gainOffset = 0 }: { readonly gainOffset?: number } = {}): TokenValue {
    return this.#add(codes.rmsNorm, input.width, [input, gain, { float: epsilon }, { float: gainOffset }]);
  }

  /** activation(gate) · up, as `swiglu` and `geglu`. */
  gated(activation: "silu" | "gelu", gate: TokenValue, up: TokenValue): TokenValue {
    return this.#add(codes.gated, gate.width, [gate, up, activation === "silu" ? 0 : 1]);
  }

  add(a: TokenValue, b: TokenValue): TokenValue {
    return this.#add(codes.add, a.width, [a, b]);
  }

  scale(input: TokenValue, factor: number): TokenValue {
    return this.#add(codes.scale, input.width, [input, { float: factor }]);
  }

  /**
   * As `DecodeAttention.next`: the tokens' keys and values are kept in the cache, then each token looks at all of its text. `projected` are queries,
   * keys and values, side by side or each of its own; with `frequencies`, `[d / 2]`, queries and keys are turned by their positions first.
   */
  attend(
    projected: readonly TokenValue[],
    {
      heads,
      keyValueHeads,
      cache,
      frequencies,
    }: {
      readonly heads: number;
      readonly keyValueHeads: number;
      readonly cache: TokenCache;
      readonly frequencies?: tf.Tensor | undefined;
    },
  ): TokenValue {
    const size = projected.reduce((sum, { width }) => sum + width, 0) / (heads + 2 * keyValueHeads);
    const words = [projected.length, ...projected, heads, keyValueHeads, cache.keys, cache.values, frequencies];
    return this.#add(codes.attend, heads * size, words);
  }

  /** A float32 vector that the pass owns. */
  constant(numbers: Float32Array): tf.Tensor {
    return this.#keep(() => tf.tensor1d(numbers));
  }

  /** The pass that gives this value. Nothing is added afterwards. */
  compile(result: TokenValue): TokenPass {
    const { rooms, widths } = assignRooms(this.#steps.map((step) => ({ result: step.result, uses: step.words.filter(isValue) })));
    const roomOf = (value: TokenValue) => rooms.get(value.number)!;
    const steps = this.#steps.flatMap((step) => [step.code, roomOf(step.result), ...step.words.map((word) => this.#encode(word, roomOf))]);
    const words = this.#keep(() => tf.tensor1d([widths.length, ...widths, roomOf(result), ...steps], "int32"));
    const [floats, integers, own] = [this.#floats, this.#integers, this.#own];
    const attributes = { N: { int: floats.length }, M: { int: integers.length } };
    return {
      run(ids, { texts, lengths }) {
        const tokens = tf.tensor1d(ids, "int32");
        const y = nativeOps()!.run("CaiTokenPass", attributes, [words, tokens, texts, lengths, ...floats, ...integers]);
        tokens.dispose();
        return y as tf.Tensor2D;
      },
      dispose: () => tf.dispose(own.splice(0)),
    };
  }

  #add(code: number, width: number, words: readonly Word[]): TokenValue {
    const result = { number: this.#values++, width };
    this.#steps.push({ code, result, words });
    return result;
  }

  #keep(make: () => tf.Tensor): tf.Tensor {
    const tensor = tf.keep(tf.tidy(make));
    this.#own.push(tensor);
    return tensor;
  }

  #encode(word: Word, roomOf: (value: TokenValue) => number): number {
    if (word === undefined) return -1;
    if (typeof word === "number") return word;
    if (isValue(word)) return roomOf(word);
    if ("float" in word) return new Int32Array(Float32Array.of(word.float).buffer)[0]!;
    return placeIn(word.dtype === "int32" ? this.#integers : this.#floats, word);
  }
}

const isValue = (word: Word): word is TokenValue => typeof word === "object" && "number" in word;

const sumOf = (bias: tf.Tensor | undefined, more: tf.Tensor): tf.Tensor => (bias === undefined ? more : tf.add(bias, more));

function placeIn(tensors: tf.Tensor[], tensor: tf.Tensor): number {
  const place = tensors.indexOf(tensor);
  return place === -1 ? tensors.push(tensor) - 1 : place;
}
