import type { ModelArchitecture } from "@cai/policy";

/**
 * What {@link unfolded} writes blocks with: the operations that ONNX graphs of any kind have nodes for. Values go by their names; hidden states are
 * `[tokens, H]`, a row a token, and projections `[tokens, heads · d]`.
 */
export interface DecoderLayers {
  /** The layer whose weight is `<name>.weight` and whose bias, where there is one, is `<name>.bias`. */
  linear(name: string, input: string): string;
  add(a: string, b: string): string;
  multiply(a: string, b: string): string;
  /** The name of a constant. */
  number(value: number): string;
  /** (x − mean) / √(variance + ε) · `<name>.weight` + `<name>.bias`. */
  layerNorm(name: string, input: string, epsilon: number): string;
  /** x / √(mean x² + ε) · (`<name>.weight` + gainOffset), over the last axis of any number of them. */
  rmsNorm(name: string, input: string, options: { readonly epsilon: number; readonly gainOffset: number }): string;
  /** x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), as GPT-2 has it. */
  gelu(input: string): string;
  /** x · sigmoid(x). */
  silu(input: string): string;
  /** `[tokens, heads · d]` → `[tokens, heads, d]`. */
  splitHeads(input: string, heads: number): string;
  /** The reverse. */
  mergeHeads(input: string): string;
  /** As `BlockOperations.attend` of `@cai/policy`. */
  attend(layer: number, projected: readonly [queryKeyValue: string] | readonly [query: string, key: string, value: string]): string;
}

/** What a graph is built of: a policy's architecture, its sizes and blocks. */
export type DecoderArchitecture = Pick<
  ModelArchitecture,
  | "hiddenSize"
  | "layerCount"
  | "vocabSize"
  | "parameters"
  | "linearLayout"
  | "embedding"
  | "attention"
  | "rotaryFrequencies"
  | "outputWeight"
  | "block"
  | "finalNorm"
>;
