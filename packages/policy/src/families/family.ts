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
  /** `[B, heads, T, d]`. */
  readonly query: tf.Tensor4D;
  /** `[B, key heads, T, d]`: as many as the query's, or fewer, each shared by as many neighbouring query heads. */
  readonly key: tf.Tensor4D;
  /** As `key`. */
  readonly value: tf.Tensor4D;
}

/** What a family's layers may use while tokens pass through them. Tensors made here belong to the caller's tidy. */
export interface ForwardPass {
  /** `[B, T]` int32. */
  readonly positionIds: tf.Tensor2D;
  /** The weight of that full name; owned by the model. */
  weight(name: string): tf.Tensor;
  /** The linear layer whose weight is `<name>.weight` and whose bias, where there is one, is `<name>.bias`: `[…, I]` → `[…, O]`. */
  linear(name: string, input: tf.Tensor): tf.Tensor;
  /** Heads `[B, heads, T, d]` turned according to their positions, where the architecture has `rotaryFrequencies`. */
  rotate(heads: tf.Tensor4D): tf.Tensor4D;
  /** Causal attention with scale 1/√d over this pass's columns and those cached before them: `[B, heads, T, d]`. */
  attend(input: AttentionInput): tf.Tensor4D;
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
  /** `[B, T]` int32 → `[B, T, H]`. */
  embed(ids: tf.Tensor2D, pass: ForwardPass): tf.Tensor3D;
  /** `[B, T, H]` → `[B, T, H]`. */
  block(layer: number, hidden: tf.Tensor3D, pass: ForwardPass): tf.Tensor3D;
  /** `[B, T, H]` → `[B, T, H]`. */
  finalNorm(hidden: tf.Tensor3D, pass: ForwardPass): tf.Tensor3D;
}

/** A family of models: one file beside this one, and one line in `registry.ts`. */
export interface ModelFamily {
  /** `model_type` in `config.json`. */
  readonly modelType: string;
  /** Throws PolicyError where the configuration is wrong or asks for something that is not built. */
  architecture(config: ConfigFields): ModelArchitecture;
}
