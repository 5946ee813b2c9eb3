import type { LinearFusion } from "@cai/kernels";
import type * as tf from "@tensorflow/tfjs-core";
import type { ConfigFields } from "./config-fields.ts";

/** A weight that a model has: its name in Hugging Face's files, and what it is when a model starts from nothing. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** The block it belongs to: 0 … L−1; −1 for embeddings, L for what follows the last block. */
  readonly layer: number;
  /** One number throughout, or normal numbers with mean 0. */
  readonly initial: { readonly constant: number } | { readonly standardDeviation: number };
}

/** What one block hands over to be attended. */
export interface AttentionInput {
  readonly layer: number;
  /** `[N, (h + 2g)·d]`: of each token h query heads, g key heads and g value heads, d numbers each. */
  readonly queryKeyValue: tf.Tensor2D;
  /** h. */
  readonly heads: number;
  /** g: as many as `heads`, or fewer, each shared by as many neighbouring query heads. */
  readonly keyValueHeads: number;
}

/**
 * What a family's layers may use while tokens pass through them. Tokens are rows: N of them, those of one text in their order, no padding.
 * Tensors made here belong to the caller's tidy.
 */
export interface ForwardPass {
  /** `[N]` int32: the place of each token in its own text. */
  readonly positionIds: tf.Tensor1D;
  /** The weight of that full name; owned by the model. */
  weight(name: string): tf.Tensor;
  /** Rows of the weight of that full name: `[N]` int32 → `[N, H]`. */
  embed(name: string, ids: tf.Tensor1D): tf.Tensor2D;
  /**
   * The linear layer whose weight is `<name>.weight` and whose bias, where there is one, is `<name>.bias`: `[N, I]` → `[N, O]`, with what
   * stands around it: as operations of their own those would take longer than their arithmetic while a model decodes.
   */
  linear(name: string, input: tf.Tensor, fusion?: LinearFusion): tf.Tensor2D;
  /** The first `heads` heads of each row turned according to its position, where the architecture has `rotaryFrequencies`. */
  rotate(rows: tf.Tensor, heads: number): tf.Tensor2D;
  /** Causal attention with scale 1/√d within each text, over this pass's tokens and those cached before them: `[N, h·d]`. */
  attend(input: AttentionInput): tf.Tensor2D;
}

/** A model of one family with its configuration: sizes, weights by name, and the maths of its layers. */
export interface ModelArchitecture {
  readonly hiddenSize: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly layerCount: number;
  /** In the order in which tokens meet them; tied weights once. */
  readonly parameters: readonly ParameterSpec[];
  /** How linear weights are stored: `[in, out]` or `[out, in]`. */
  readonly linearLayout: "input-output" | "output-input";
  /** `[V, H]`: logits are the hidden states times its transpose. */
  readonly outputWeight: string;
  /** Radians a position for each pair `(i, i + d / 2)` of a head's numbers, `[d / 2]`; left out where positions are told otherwise. */
  readonly rotaryFrequencies?: Float32Array;
  /** The parameter's name for a tensor's name in a file; `undefined` for buffers that hold no weight and are skipped. */
  parameterName(tensorName: string): string | undefined;
  /** `[N]` int32 → `[N, H]`. */
  embed(ids: tf.Tensor1D, pass: ForwardPass): tf.Tensor2D;
  /** `[N, H]` → `[N, H]`. */
  block(layer: number, hidden: tf.Tensor2D, pass: ForwardPass): tf.Tensor2D;
  /** `[N, H]` → `[N, H]`. */
  finalNorm(hidden: tf.Tensor2D, pass: ForwardPass): tf.Tensor2D;
}

/** A family of models: one file beside this one, and one line in `registry.ts`. */
export interface ModelFamily {
  /** `model_type` in `config.json`. */
  readonly modelType: string;
  /** Throws PolicyError where the configuration is wrong or asks for something that is not built. */
  architecture(config: ConfigFields): ModelArchitecture;
}
