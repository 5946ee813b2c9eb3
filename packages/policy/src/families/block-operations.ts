/** A layer normalisation, by the weights `<name>.weight` and `<name>.bias`. */
export interface LayerNorm {
  readonly name: string;
  readonly epsilon: number;
}

/** What is computed right before and right after a linear layer: y = activation(norm(x)·W + b) + residual. */
export interface BlockFusion<Value> {
  readonly norm?: LayerNorm;
  readonly activation?: "gelu";
  readonly residual?: Value;
}

/**
 * What blocks are made of. A family states its block over these once, whatever its values are: tensors where a policy computes and learns, the
 * names of values where an ONNX graph is built.
 *
 * Values are matrices, a row a token: hidden states `[N, H]`, projections `[N, heads · d]`. Weights go by their full names.
 */
export interface BlockOperations<Value> {
  /**
   * The linear layer whose weight is `<name>.weight` and whose bias, where there is one, is `<name>.bias`. What comes right
   * before and after is told with it: as operations of their own those would take longer than their arithmetic while a model decodes.
   */
  linear(name: string, input: Value, fusion?: BlockFusion<Value>): Value;
  /** (x − mean) / √(variance + ε) · weight + bias. */
  layerNorm(input: Value, norm: LayerNorm): Value;
  /**
   * x / √(mean x² + ε) · (`<name>.weight` + gainOffset).
   *
   * @param options.heads how many parts a row has that are normalised by themselves, all by the one weight `[d]`; default 1, the whole row
   * @param options.gainOffset default 0
   */
  rmsNorm(name: string, input: Value, options: { readonly epsilon: number; readonly heads?: number; readonly gainOffset?: number }): Value;
  /** activation(gate) · up; `silu` is x·σ(x), `gelu` its tanh form. */
  gated(activation: "silu" | "gelu", gate: Value, up: Value): Value;
  add(a: Value, b: Value): Value;
  scale(input: Value, factor: number): Value;
  /**
   * softmax(q·kᵀ/√d)·v of each head over the tokens of a text so far, `[N, h·d]`; queries and keys are turned by their positions first, where
   * the architecture has `rotaryFrequencies`.
   *
   * @param projected query, key and value beside each other in one, or each of its own
   */
  attend(layer: number, projected: readonly [queryKeyValue: Value] | readonly [query: Value, key: Value, value: Value]): Value;
}
