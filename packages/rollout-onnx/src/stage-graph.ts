import type { DecoderArchitecture, DecoderLayers } from "@cai/onnx-export";
import { GraphBuilder } from "@cai/onnx-graph";

/** How a weight goes into a stage. */
export interface StageWeight {
  /** The model's name of it. */
  readonly parameter: string;
  /** `int8`: rounded, `[I, O]`, in the file `<parameter>.int8`, with a scale for each output in `<parameter>.scales`. */
  readonly form: "float32" | "int8";
  readonly shape: readonly number[];
  /** Of a matrix: stored `[O, I]`. */
  readonly transposed: boolean;
}

export type Precision = "float32" | "int8";

interface StageOptions {
  readonly architecture: DecoderArchitecture;
  readonly precision: Precision;
}

const microsoft = { domain: "com.microsoft" };

/**
 * Some of a decoder's layers as a graph of their own, of ONNX Runtime's own operators: attention that reads and extends a cache in place,
 * each row as long as it is, and 8-bit products that scale as they go. Weights are files beside the graph.
 */
export class StageGraph implements DecoderLayers {
  readonly builder = new GraphBuilder({ domains: { "com.microsoft": 1 } });
  readonly weights: StageWeight[] = [];
  readonly #options: StageOptions;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#shapes = new Map(options.architecture.parameters.map(({ name, shape }) => [name, shape]));
  }

  linear(name: string, input: string): string {
    const transposed = this.#options.architecture.linearLayout === "output-input";
    const bias = `${name}.bias`;
    return this.product(input, `${name}.weight`, { transposed, bias: this.#shapes.has(bias) ? bias : undefined });
  }

  /** `[N, I]` → `[N, O]`, by the matrix stored `[I, O]`, or if `transposed` `[O, I]`. */
  product(input: string, name: string, { transposed, bias }: { readonly transposed: boolean; readonly bias: string | undefined }): string {
    const biases = bias === undefined ? [] : [this.#weight(bias)];
    if (this.#options.precision === "float32") {
      const attributes = { transB: { int: transposed ? 1 : 0 } };
      return this.builder.node("Gemm", [input, this.#weight(name, transposed), ...biases], { attributes });
    }
    const { values, scale } = this.#rounded(input);
    const matrix = this.#quantized(name, transposed);
    const product = this.builder.node(
      "MatMulIntegerToFloat",
      [
        values,
        matrix.values,
        this.builder.number(1),
        matrix.scales,
        this.builder.once("u8 128", () => this.builder.initializer(uint8(128))),
      ],
      microsoft,
    );
    const scaled = this.multiply(product, scale);
    return bias === undefined ? scaled : this.add(scaled, biases[0]!);
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
    const inputs = [input, this.#weight(`${name}.weight`), this.#weight(`${name}.bias`)];
    return this.builder.node("LayerNormalization", inputs, { attributes: { axis: { int: -1 }, epsilon: { float: epsilon } } });
  }

  rmsNorm(name: string, input: string, { epsilon, gainOffset }: Parameters<DecoderLayers["rmsNorm"]>[2]): string {
    const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
    const weight = this.#weight(`${name}.weight`);
    const gain = gainOffset === 0 ? weight : this.add(weight, this.number(gainOffset));
    return this.builder.node("SimplifiedLayerNormalization", [input, gain], { attributes });
  }

  gelu(input: string): string {
    return this.builder.node("FastGelu", [input], microsoft);
  }

  silu(input: string): string {
    return this.builder.node("QuickGelu", [input], { ...microsoft, attributes: { alpha: { float: 1 } } });
  }

  splitHeads(input: string, heads: number): string {
    return this.builder.node("Reshape", [input, this.builder.integers(0, heads, -1)]);
  }

  mergeHeads(input: string): string {
    return this.builder.node("Reshape", [input, this.builder.integers(0, -1)]);
  }

  attend(layer: number, projected: Parameters<DecoderLayers["attend"]>[1]): string {
    const { headCount, keyValueHeadCount, headSize } = this.#options.architecture.attention;
    const [query, key, value] = (projected.length === 1 ? this.#split(projected[0], layer) : projected).map((one) =>
      this.builder.node("Reshape", [one, this.#input("columns_shape", "int64", [3])]),
    ) as [string, string, string];
    const present = { key: this.#rotated(layer, key), value };
    const past = (["key", "value"] as const).map((part) =>
      this.builder.input(`past.${layer}.${part}`, "float32", ["batch", keyValueHeadCount, "capacity", headSize]),
    );
    const lengths = [this.#input("last_positions", "int32", ["batch"]), this.#input("longest", "int32", [1])];
    const attended = `attended.${layer}`;
    this.builder.nodeWithOutputs(
      "GroupQueryAttention",
      [this.#rotated(layer, query), present.key, value, ...past, ...lengths],
      [attended, `all.${layer}.key`, `all.${layer}.value`],
      { ...microsoft, attributes: { num_heads: { int: headCount }, kv_num_heads: { int: keyValueHeadCount } } },
    );
    for (const part of ["key", "value"] as const) {
      this.builder.node("Identity", [present[part]], { output: `new.${layer}.${part}` });
      this.builder.output(`new.${layer}.${part}`, "float32", ["batch", "columns", keyValueHeadCount * headSize]);
    }
    return this.builder.node("Reshape", [attended, this.builder.integers(-1, headCount * headSize)]);
  }

  /** What the stage reads, `[tokens, H]`. */
  hiddenInput(hiddenSize: number): string {
    return this.#input("hidden", "float32", ["tokens", hiddenSize]);
  }

  /**
   * Reads the hidden states `[tokens, H]` of each row's last token: `logits` `[batch, V]`, `probabilities` softmax(logits · inverse_temperature),
   * and `sums` of those over `blocks` equal parts of the vocabulary, `[batch, blocks]`.
   */
  outputs(normed: string, blocks: number): void {
    const { vocabSize, outputWeight } = this.#options.architecture;
    const output = { output: "logits" };
    const product = this.product(normed, outputWeight, { transposed: true, bias: undefined });
    const logits = this.builder.node("Identity", [product], output);
    const scaled = this.multiply(logits, this.#input("inverse_temperature", "float32", []));
    const softmax = { attributes: { axis: { int: -1 } }, output: "probabilities" };
    const parts = this.builder.node("Reshape", [
      this.builder.node("Softmax", [scaled], softmax),
      this.builder.integers(-1, blocks, vocabSize / blocks),
    ]);
    this.builder.node("ReduceSum", [parts, this.builder.integers(2)], { attributes: { keepdims: { int: 0 } }, output: "sums" });
    this.builder.output("probabilities", "float32", ["batch", vocabSize]);
    this.builder.output("sums", "float32", ["batch", blocks]);
    this.builder.output("logits", "float32", ["batch", vocabSize]);
  }

  /** Each row's last token. */
  lastTokens(hidden: string): string {
    return this.builder.node("Gather", [hidden, this.#input("last_tokens", "int64", ["batch"])], { attributes: { axis: { int: 0 } } });
  }

  /** What is multiplied by 8-bit matrices: rounded to 8 bits, one scale a token, so that no token depends on those beside it. */
  #rounded(input: string): { readonly values: string; readonly scale: string } {
    const magnitudes = this.builder.once(`magnitudes ${input}`, () =>
      this.builder.node("ReduceMax", [this.builder.node("Abs", [input])], { attributes: { axes: { ints: [-1] } } }),
    );
    const scale = this.builder.once(`scale ${input}`, () =>
      this.builder.node("Max", [this.multiply(magnitudes, this.builder.number(1 / 127)), this.builder.number(1e-30)]),
    );
    const values = this.builder.once(`values ${input}`, () => {
      const scales = this.builder.node("Reshape", [scale, this.builder.integers(-1)]);
      const zeroPoints = this.#input("zero_points", "uint8", ["tokens"]);
      return this.builder.node("QuantizeLinear", [input, scales, zeroPoints], { attributes: { axis: { int: 0 } } });
    });
    return { values, scale };
  }

  #split(queryKeyValue: string, layer: number): readonly string[] {
    const parts = ["query", "key", "value"].map((part) => `${part}.${layer}`);
    this.builder.nodeWithOutputs("Split", [queryKeyValue], parts, { attributes: { axis: { int: -1 } } });
    return parts;
  }

  #quantized(name: string, transposed: boolean): { readonly values: string; readonly scales: string } {
    const [values, scales] = [`${name}.int8`, `${name}.scales`];
    const shape = this.#shapes.get(name) as [number, number];
    const [inputs, outputs] = transposed ? [shape[1], shape[0]] : shape;
    this.weights.push({ parameter: name, form: "int8", shape, transposed });
    this.builder.externalInitializer({ type: "int8", shape: [inputs, outputs], location: values }, values);
    this.builder.externalInitializer({ type: "float32", shape: [outputs], location: scales }, scales);
    return { values, scales };
  }

  #weight(name: string, transposed = false): string {
    const shape = this.#shapes.get(name)!;
    this.weights.push({ parameter: name, form: "float32", shape, transposed });
    return this.builder.externalInitializer({ type: "float32", shape, location: name }, name);
  }

  /** `[batch, columns, heads · d]`, each head turned by its token's position, where positions are rotary. */
  #rotated(layer: number, heads: string): string {
    const { rotaryFrequencies = [] } = this.#options.architecture;
    const frequencies = rotaryFrequencies[layer];
    if (frequencies === undefined) return heads;
    const table = [...new Set(rotaryFrequencies)].indexOf(frequencies);
    const turns = ["cosines", "sines"].map((name) => this.#input(`${name}.${table}`, "float32", ["positions", frequencies.length]));
    return this.builder.node("RotaryEmbedding", [heads, this.#input("positions", "int64", ["batch", "columns"]), ...turns], microsoft);
  }

  #input(name: string, type: "float32" | "int32" | "int64" | "uint8", shape: readonly (string | number)[]): string {
    return this.builder.once(`input ${name}`, () => this.builder.input(name, type, shape));
  }
}

const uint8 = (value: number) => ({ type: "uint8", shape: [], data: [value] }) as const;
