import { GraphBuilder } from "@cai/onnx-graph";
import { attentionBias } from "./attention-bias.ts";
import type { AttentionHeads, DecoderModel } from "./decoder-model.ts";
import { float32Matrices } from "./float32-matrices.ts";
import { int8Matrices } from "./int8-matrices.ts";
import type { Matrices } from "./matrices.ts";
import { ModelWeights } from "./model-weights.ts";

/** By how much each pair of a head's numbers is turned at each token, `[B, 1, T, d / 2]`. */
interface Rotation {
  readonly cosine: string;
  readonly sine: string;
}

/**
 * The parts that decoders are made of, written into an ONNX graph. Values go by their names; hidden states are `[B · T, H]`, so that every
 * linear layer is one matrix product, and heads `[B, heads, T, d]`.
 */
export class DecoderGraph {
  readonly builder = new GraphBuilder({ name: "decoder" });
  readonly inputIds: string;
  readonly positionIds: string;
  readonly #model: DecoderModel;
  readonly #heads: AttentionHeads;
  readonly #weights: ModelWeights;
  readonly #matrices: Matrices;
  readonly #bias: string;
  readonly #made = new Map<string, string>();

  constructor({ model, heads, quantize }: { readonly model: DecoderModel; readonly heads: AttentionHeads; readonly quantize: boolean }) {
    this.#model = model;
    this.#heads = heads;
    this.#weights = new ModelWeights(this.builder, model);
    this.#matrices = (quantize ? int8Matrices : float32Matrices)(this.builder, this.#weights);
    this.inputIds = this.builder.input("input_ids", "int64", ["batch", "tokens"]);
    const attentionMask = this.builder.input("attention_mask", "int64", ["batch", "past + tokens"]);
    this.positionIds = this.builder.input("position_ids", "int64", ["batch", "tokens"]);
    for (const name of this.#cacheNames("past_key_values"))
      this.builder.input(name, "float32", ["batch", heads.keyValueHeadCount, "past", heads.headSize]);
    const groupSize = heads.headCount / heads.keyValueHeadCount;
    this.#bias = attentionBias(this.builder, { inputIds: this.inputIds, attentionMask, groupSize });
  }

  /** Rows of a table, `[B, T]` ids → `[B · T, H]`. */
  embedding(name: string, ids: string): string {
    return this.#matrices.rows(name, this.builder.node("Reshape", [ids, this.#integers(-1)]));
  }

  /** The layer whose weight is `<name>.weight` and whose bias, where there is one, is `<name>.bias`. */
  linear(name: string, input: string): string {
    return this.#matrices.product(input, `${name}.weight`, {
      transposed: this.#model.architecture.linearLayout === "output-input",
      bias: this.#weights.has(`${name}.bias`) ? `${name}.bias` : undefined,
    });
  }

  add(a: string, b: string): string {
    return this.builder.node("Add", [a, b]);
  }

  multiply(a: string, b: string): string {
    return this.builder.node("Mul", [a, b]);
  }

  /** (x − mean) / √(variance + ε) · `<name>.weight` + `<name>.bias`. */
  layerNorm(name: string, input: string, epsilon: number): string {
    const inputs = [input, this.#weights.tensor(`${name}.weight`), this.#weights.tensor(`${name}.bias`)];
    return this.builder.node("LayerNormalization", inputs, { attributes: { axis: { int: -1 }, epsilon: { float: epsilon } } });
  }

  /** x / √(mean x² + ε) · `<name>.weight`. */
  rmsNorm(name: string, input: string, epsilon: number): string {
    const meanSquare = this.builder.node("ReduceMean", [this.multiply(input, input)], { attributes: { axes: { ints: [-1] } } });
    const root = this.builder.node("Sqrt", [this.add(meanSquare, this.#number(epsilon))]);
    return this.multiply(this.builder.node("Div", [input, root]), this.#weights.tensor(`${name}.weight`));
  }

  /** x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), as GPT-2 has it. */
  gelu(input: string): string {
    const cube = this.multiply(this.multiply(input, input), input);
    const inner = this.add(input, this.multiply(cube, this.#number(0.044715)));
    const tanh = this.builder.node("Tanh", [this.multiply(inner, this.#number(Math.sqrt(2 / Math.PI)))]);
    return this.multiply(this.multiply(input, this.#number(0.5)), this.add(tanh, this.#number(1)));
  }

  /** x · sigmoid(x). */
  silu(input: string): string {
    return this.multiply(input, this.builder.node("Sigmoid", [input]));
  }

  /** Equal parts of the last axis. */
  split(input: string, parts: number): string[] {
    const outputs = Array.from({ length: parts }, (_, part) => `${input}.${part}`);
    this.builder.nodeWithOutputs("Split", [input], outputs, { attributes: { axis: { int: -1 } } });
    return outputs;
  }

  /** `[B · T, heads · d]` → `[B, heads, T, d]`. */
  queryHeads(input: string): string {
    return this.#splitHeads(input, this.#heads.headCount);
  }

  /** `[B · T, key heads · d]` → `[B, key heads, T, d]`. */
  keyValueHeads(input: string): string {
    return this.#splitHeads(input, this.#heads.keyValueHeadCount);
  }

  /** The angles position · frequency of rotary positions, for all layers. */
  rotation(frequencies: Float32Array): Rotation {
    const positions = this.builder.node("Cast", [this.positionIds], { attributes: { to: { int: 1 } } });
    const columns = this.builder.node("Unsqueeze", [positions, this.#integers(1, 3)]);
    const angles = this.multiply(
      columns,
      this.builder.initializer({ type: "float32", shape: [frequencies.length], data: frequencies }, "rotary_frequencies"),
    );
    return { cosine: this.builder.node("Cos", [angles]), sine: this.builder.node("Sin", [angles]) };
  }

  /** Heads [a, b] → [a·cos − b·sin, b·cos + a·sin]. */
  rotate(heads: string, { cosine, sine }: Rotation): string {
    const [a, b] = this.split(heads, 2) as [string, string];
    const first = this.builder.node("Sub", [this.multiply(a, cosine), this.multiply(b, sine)]);
    const second = this.add(this.multiply(b, cosine), this.multiply(a, sine));
    return this.builder.node("Concat", [first, second], { attributes: { axis: { int: -1 } } });
  }

  /** softmax(q·kᵀ/√d + bias)·v over what was read before and now, heads joined: `[B · T, heads · d]`. */
  attend({ layer, query, key, value }: { readonly layer: number; readonly query: string; readonly key: string; readonly value: string }) {
    const { headCount, keyValueHeadCount, headSize } = this.#heads;
    const grouped = headCount !== keyValueHeadCount;
    const scaled = this.multiply(query, this.#number(1 / Math.sqrt(headSize)));
    // The queries that share a key are read as the rows of one head, so that keys are not repeated.
    const rows = grouped ? this.builder.node("Reshape", [scaled, this.#integers(0, keyValueHeadCount, -1, headSize)]) : scaled;
    const keys = this.builder.node("Transpose", [this.#withPast(layer, "key", key)], { attributes: { perm: { ints: [0, 1, 3, 2] } } });
    const scores = this.add(this.builder.node("MatMul", [rows, keys]), this.#bias);
    const weights = this.builder.node("Softmax", [scores], { attributes: { axis: { int: -1 } } });
    const attended = this.builder.node("MatMul", [weights, this.#withPast(layer, "value", value)]);
    const heads = grouped ? this.builder.node("Reshape", [attended, this.#integers(0, headCount, -1, headSize)]) : attended;
    return this.builder.node("Reshape", [this.#swapHeadsAndTokens(heads), this.#integers(-1, headCount * headSize)]);
  }

  /** Declares the outputs, the logits of all tokens first. */
  finish(hiddenStates: string): void {
    const { vocabSize, outputWeight } = this.#model.architecture;
    const logits = this.#matrices.product(hiddenStates, outputWeight, { transposed: true, bias: undefined });
    this.builder.node("Reshape", [logits, this.#tokensBy(vocabSize)], { output: "logits" });
    this.builder.output("logits", "float32", ["batch", "tokens", vocabSize]);
    for (const name of this.#cacheNames("present"))
      this.builder.output(name, "float32", ["batch", this.#heads.keyValueHeadCount, "past + tokens", this.#heads.headSize]);
  }

  #withPast(layer: number, part: "key" | "value", now: string): string {
    return this.builder.node("Concat", [`past_key_values.${layer}.${part}`, now], {
      attributes: { axis: { int: 2 } },
      output: `present.${layer}.${part}`,
    });
  }

  #cacheNames(prefix: string): string[] {
    return Array.from({ length: this.#model.architecture.layerCount }, (_, layer) => [
      `${prefix}.${layer}.key`,
      `${prefix}.${layer}.value`,
    ]).flat();
  }

  #splitHeads(input: string, count: number): string {
    return this.#swapHeadsAndTokens(this.builder.node("Reshape", [input, this.#tokensBy(count, this.#heads.headSize)]));
  }

  #swapHeadsAndTokens(input: string): string {
    return this.builder.node("Transpose", [input], { attributes: { perm: { ints: [0, 2, 1, 3] } } });
  }

  /** The shape `[B, T, …sizes]`. */
  #tokensBy(...sizes: readonly number[]): string {
    return this.#once(`tokens by ${sizes}`, () =>
      this.builder.node("Concat", [this.builder.node("Shape", [this.inputIds]), this.#integers(...sizes)], {
        attributes: { axis: { int: 0 } },
      }),
    );
  }

  #number(value: number): string {
    return this.#once(`${value}`, () => this.builder.initializer({ type: "float32", shape: [], data: [value] }));
  }

  #integers(...values: readonly number[]): string {
    return this.#once(`[${values}]`, () => this.builder.initializer({ type: "int64", shape: [values.length], data: values }));
  }

  #once(key: string, make: () => string): string {
    const name = this.#made.get(key) ?? make();
    this.#made.set(key, name);
    return name;
  }
}
