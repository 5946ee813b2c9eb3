import { GraphBuilder } from "@cai/onnx-graph";
import { attentionBias } from "./attention-bias.ts";
import type { DecoderArchitecture, DecoderLayers } from "./decoder-layers.ts";
import type { DecoderModel } from "./decoder-model.ts";
import { float32Matrices } from "./float32-matrices.ts";
import { int8Matrices } from "./int8-matrices.ts";
import { lastTokens, positionsOf } from "./mask-places.ts";
import type { Matrices } from "./matrices.ts";
import { finiteWeight, ModelWeights } from "./model-weights.ts";

/** By how much each pair of a head's numbers is turned at each token, `[B, 1, T, d / 2]`. */
interface Rotation {
  readonly cosine: string;
  readonly sine: string;
}

/**
 * The parts that decoders are made of, written into an ONNX graph of ONNX's own operators. Hidden states are `[B · T, H]`, so that every linear
 * layer is one matrix product, and heads `[B, heads, T, d]`.
 */
export class DecoderGraph implements DecoderLayers {
  readonly builder = new GraphBuilder({ name: "decoder" });
  readonly #inputIds: string;
  readonly #attentionMask: string;
  readonly #positionIds: string;
  readonly #architecture: DecoderArchitecture;
  readonly #generates: boolean;
  readonly #weights: ModelWeights;
  readonly #matrices: Matrices;
  readonly #bias: string;
  readonly #turns = new Map<Float32Array, Rotation>();

  constructor({
    model,
    quantize,
    generates = true,
  }: {
    readonly model: DecoderModel;
    readonly quantize: boolean;
    /** Goes on with what was read before, and is told positions; otherwise it reads whole texts. */
    readonly generates?: boolean;
  }) {
    this.#architecture = model.architecture;
    const { headCount, keyValueHeadCount, headSize } = model.architecture.attention;
    this.#weights = new ModelWeights(this.builder, model);
    this.#matrices = (quantize ? int8Matrices : float32Matrices)(this.builder, this.#weights);
    this.#inputIds = this.builder.input("input_ids", "int64", ["batch", "tokens"]);
    this.#attentionMask = this.builder.input("attention_mask", "int64", ["batch", generates ? "past + tokens" : "tokens"]);
    this.#generates = generates;
    this.#positionIds = generates
      ? this.builder.input("position_ids", "int64", ["batch", "tokens"])
      : positionsOf(this.builder, this.#attentionMask);
    for (const name of this.#cacheNames("past_key_values"))
      this.builder.input(name, "float32", ["batch", keyValueHeadCount, "past", headSize]);
    const groupSize = headCount / keyValueHeadCount;
    this.#bias = attentionBias(this.builder, { inputIds: this.#inputIds, attentionMask: this.#attentionMask, groupSize });
  }

  /** What the first block reads, `[B · T, H]`. */
  embed({ tokens, positions, scale }: DecoderArchitecture["embedding"]): string {
    const rows = (name: string, ids: string) => this.#matrices.rows(name, this.builder.node("Reshape", [ids, this.builder.integers(-1)]));
    const embedded = rows(tokens, this.#inputIds);
    const placed = positions === undefined ? embedded : this.add(embedded, rows(positions, this.#positionIds));
    return scale === undefined ? placed : this.multiply(placed, this.number(scale));
  }

  linear(name: string, input: string): string {
    return this.#matrices.product(input, `${name}.weight`, {
      transposed: this.#architecture.linearLayout === "output-input",
      bias: this.#weights.has(`${name}.bias`) ? `${name}.bias` : undefined,
    });
  }

  add(a: string, b: string): string {
    return this.builder.node("Add", [a, b]);
  }

  multiply(a: string, b: string): string {
    return this.builder.node("Mul", [a, b]);
  }

  number(value: number): string {
    return this.builder.number(value);
  }

  layerNorm(name: string, input: string, epsilon: number): string {
    const inputs = [input, this.#weights.tensor(`${name}.weight`), this.#weights.tensor(`${name}.bias`)];
    return this.builder.node("LayerNormalization", inputs, { attributes: { axis: { int: -1 }, epsilon: { float: epsilon } } });
  }

  rmsNorm(name: string, input: string, { epsilon, gainOffset }: Parameters<DecoderLayers["rmsNorm"]>[2]): string {
    const meanSquare = this.builder.node("ReduceMean", [this.multiply(input, input)], { attributes: { axes: { ints: [-1] } } });
    const root = this.builder.node("Sqrt", [this.add(meanSquare, this.builder.number(epsilon))]);
    const weight = this.#weights.tensor(`${name}.weight`);
    const gain = gainOffset === 0 ? weight : this.add(weight, this.number(gainOffset));
    return this.multiply(this.builder.node("Div", [input, root]), gain);
  }

  gelu(input: string): string {
    const cube = this.multiply(this.multiply(input, input), input);
    const inner = this.add(input, this.multiply(cube, this.builder.number(0.044715)));
    const tanh = this.builder.node("Tanh", [this.multiply(inner, this.builder.number(Math.sqrt(2 / Math.PI)))]);
    return this.multiply(this.multiply(input, this.builder.number(0.5)), this.add(tanh, this.builder.number(1)));
  }

  silu(input: string): string {
    return this.multiply(input, this.builder.node("Sigmoid", [input]));
  }

  splitHeads(input: string, heads: number): string {
    return this.builder.node("Reshape", [input, this.builder.integers(0, heads, -1)]);
  }

  mergeHeads(input: string): string {
    return this.builder.node("Reshape", [input, this.builder.integers(0, -1)]);
  }

  attend(layer: number, projected: Parameters<DecoderLayers["attend"]>[1]): string {
    const { headCount, keyValueHeadCount, headSize } = this.#architecture.attention;
    const [query, key, value] = (projected.length === 1 ? this.#split(projected[0], 3) : projected) as [string, string, string];
    const queries = this.#rotate(layer, this.#headsOf(query, headCount));
    const keysNow = this.#rotate(layer, this.#headsOf(key, keyValueHeadCount));
    const valuesNow = this.#headsOf(value, keyValueHeadCount);
    const grouped = headCount !== keyValueHeadCount;
    const scaled = this.multiply(queries, this.builder.number(1 / Math.sqrt(headSize)));
    // The queries that share a key are read as the rows of one head, so that keys are not repeated.
    const rows = grouped ? this.builder.node("Reshape", [scaled, this.builder.integers(0, keyValueHeadCount, -1, headSize)]) : scaled;
    const keys = this.builder.node("Transpose", [this.#withPast(layer, "key", keysNow)], { attributes: { perm: { ints: [0, 1, 3, 2] } } });
    const scores = this.add(this.builder.node("MatMul", [rows, keys]), this.#bias);
    const weights = this.builder.node("Softmax", [scores], { attributes: { axis: { int: -1 } } });
    const attended = this.builder.node("MatMul", [weights, this.#withPast(layer, "value", valuesNow)]);
    const heads = grouped ? this.builder.node("Reshape", [attended, this.builder.integers(0, headCount, -1, headSize)]) : attended;
    return this.builder.node("Reshape", [this.#swapHeadsAndTokens(heads), this.builder.integers(-1, headCount * headSize)]);
  }

  /** Declares the outputs, the logits of all tokens first. */
  finish(hiddenStates: string): void {
    const { vocabSize, outputWeight } = this.#architecture;
    const logits = this.#matrices.product(hiddenStates, outputWeight, { transposed: true, bias: undefined });
    this.builder.node("Reshape", [logits, this.#tokensBy(vocabSize)], { output: "logits" });
    this.builder.output("logits", "float32", ["batch", "tokens", vocabSize]);
    const { keyValueHeadCount, headSize } = this.#architecture.attention;
    for (const name of this.#cacheNames("present"))
      this.builder.output(name, "float32", ["batch", keyValueHeadCount, "past + tokens", headSize]);
  }

  /** Declares the output: hidden states at each text's last token times `score` `[H]`. */
  finishScores(hiddenStates: string, score: Float32Array): void {
    const last = this.builder.node("Gather", [hiddenStates, lastTokens(this.builder, this.#attentionMask)]);
    const weight = this.builder.initializer(
      { type: "float32", shape: [1, score.length], data: finiteWeight("score.weight", score) },
      "score.weight",
    );
    this.builder.node("Gemm", [last, weight], { attributes: { transB: { int: 1 } }, output: "logits" });
    this.builder.output("logits", "float32", ["batch", 1]);
  }

  /** Equal parts of the last axis. */
  #split(input: string, parts: number): string[] {
    const outputs = Array.from({ length: parts }, (_, part) => `${input}.${part}`);
    this.builder.nodeWithOutputs("Split", [input], outputs, { attributes: { axis: { int: -1 } } });
    return outputs;
  }

  /** Heads [a, b] → [a·cos − b·sin, b·cos + a·sin], where positions are rotary. */
  #rotate(layer: number, heads: string): string {
    const frequencies = this.#architecture.rotaryFrequencies?.[layer];
    if (frequencies === undefined) return heads;
    const { cosine, sine } = this.#turns.get(frequencies) ?? this.#rotation(frequencies);
    const [a, b] = this.#split(heads, 2) as [string, string];
    const first = this.builder.node("Sub", [this.multiply(a, cosine), this.multiply(b, sine)]);
    const second = this.add(this.multiply(b, cosine), this.multiply(a, sine));
    return this.builder.node("Concat", [first, second], { attributes: { axis: { int: -1 } } });
  }

  /** The angles position · frequency of rotary positions, for all layers that have these frequencies. */
  #rotation(frequencies: Float32Array): Rotation {
    const positions = this.builder.node("Cast", [this.#positionIds], { attributes: { to: { int: 1 } } });
    const columns = this.builder.node("Unsqueeze", [positions, this.builder.integers(1, 3)]);
    const angles = this.multiply(
      columns,
      this.builder.initializer(
        { type: "float32", shape: [frequencies.length], data: frequencies },
        `rotary_frequencies.${this.#turns.size}`,
      ),
    );
    const rotation = { cosine: this.builder.node("Cos", [angles]), sine: this.builder.node("Sin", [angles]) };
    this.#turns.set(frequencies, rotation);
    return rotation;
  }

  #withPast(layer: number, part: "key" | "value", now: string): string {
    if (!this.#generates) return now;
    return this.builder.node("Concat", [`past_key_values.${layer}.${part}`, now], {
      attributes: { axis: { int: 2 } },
      output: `present.${layer}.${part}`,
    });
  }

  #cacheNames(prefix: string): string[] {
    if (!this.#generates) return [];
    return Array.from({ length: this.#architecture.layerCount }, (_, layer) => [
      `${prefix}.${layer}.key`,
      `${prefix}.${layer}.value`,
    ]).flat();
  }

  #headsOf(input: string, count: number): string {
    return this.#swapHeadsAndTokens(this.builder.node("Reshape", [input, this.#tokensBy(count, this.#architecture.attention.headSize)]));
  }

  #swapHeadsAndTokens(input: string): string {
    return this.builder.node("Transpose", [input], { attributes: { perm: { ints: [0, 2, 1, 3] } } });
  }

  /** The shape `[B, T, …sizes]`. */
  #tokensBy(...sizes: readonly number[]): string {
    return this.builder.once(`tokens by ${sizes}`, () =>
      this.builder.node("Concat", [this.builder.node("Shape", [this.#inputIds]), this.builder.integers(...sizes)], {
        attributes: { axis: { int: 0 } },
      }),
    );
  }
}
