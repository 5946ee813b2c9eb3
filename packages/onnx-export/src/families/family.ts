import type { AttentionHeads, DecoderStructure } from "../decoder-model.ts";

/**
 * What a family's blocks are made of, in whatever graph they are written into. Values go by their names; hidden states are `[tokens, H]`, a
 * row a token, and projections `[tokens, heads · d]`.
 */
export interface DecoderLayers {
  /** The layer whose weight is `<name>.weight` and whose bias, where there is one, is `<name>.bias`. */
  linear(name: string, input: string): string;
  add(a: string, b: string): string;
  multiply(a: string, b: string): string;
  /** (x − mean) / √(variance + ε) · `<name>.weight` + `<name>.bias`. */
  layerNorm(name: string, input: string, epsilon: number): string;
  /** x / √(mean x² + ε) · `<name>.weight`. */
  rmsNorm(name: string, input: string, epsilon: number): string;
  /** x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), as GPT-2 has it. */
  gelu(input: string): string;
  /** x · sigmoid(x). */
  silu(input: string): string;
  /**
   * softmax(q·kᵀ/√d)·v over what was read before and now, queries and keys turned by their positions where the architecture says so.
   *
   * @param projected query, key and value beside each other in one, or each of its own
   */
  attend(layer: number, projected: readonly [queryKeyValue: string] | readonly [query: string, key: string, value: string]): string;
}

/** A family's layers as ONNX operators: one file beside this one, and one line in `registry.ts`. */
export interface DecoderFamily {
  /** `model_type` in `config.json`. */
  readonly modelTypes: readonly string[];
  /** The tables whose rows add up to what the first block reads: by a token's id, and by its position where positions are learned. */
  readonly embeddings: { readonly tokens: string; readonly positions?: string };
  heads(model: DecoderStructure): AttentionHeads;
  /** Writes one block; returns what the next one reads. */
  block(layers: DecoderLayers, layer: number, hidden: string, model: DecoderStructure): string;
  finalNorm(layers: DecoderLayers, hidden: string, model: DecoderStructure): string;
}
