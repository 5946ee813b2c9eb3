import type { Generator } from "./generator.ts";
import type { KeptTokens } from "./kept-tokens.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { SequenceBatch, TokenBatch } from "./tokens.ts";

/**
 * A weight of a model, by name. `Tensor` is tfjs-core's; it is a type parameter so that this package depends on nothing.
 *
 * The value is a plain tensor that the parameter owns: read it in a forward pass, never dispose of it.
 */
export interface Parameter<Tensor> {
  readonly name: string;
  readonly shape: readonly number[];
  /** The block it belongs to: 0 … L−1; −1 for embeddings, L for what follows the last block. */
  readonly layer: number;
  /** Frozen parameters get no gradient and no moments. */
  trainable: boolean;
  readonly value: Tensor;
  /** Puts a new value in place; the parameter owns it from then on, and disposes of the old one. */
  assign(value: Tensor): void;
  /**
   * Disposes of the value before its successor exists, so that an optimizer may update the storage in place: `update` must
   * return the new value. Reading `value` meanwhile throws.
   */
  replace(update: () => Tensor): void;
}

/** Where a model's weights came from: enough to find them again and to know that they are the same. */
export interface ModelIdentity {
  /** A path, hub id or name that loads the same weights again. */
  readonly source: string;
  /** SHA-256 over names, shapes and float32 bytes, in the order of the names; hexadecimal. */
  readonly sha256: string;
}

/** What the log-probabilities are read from. */
export interface LogprobOptions {
  /** Logits are divided by it before the softmax over the full vocabulary. */
  readonly temperature: number;
}

/** How a reference that computes elsewhere is asked. */
export interface EvaluateLogprobsOptions extends LogprobOptions {
  /** Rows a pass. */
  readonly rowsAtOnce: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is asked of the policy's own log-probabilities. */
export interface TokenLogprobOptions extends LogprobOptions {
  /** Entropies too. */
  readonly entropy?: boolean;
  /** Where tokens were drawn from a part of the vocabulary: the softmax goes over that part. */
  readonly keptTokens?: KeptTokens | undefined;
  /** With `keptTokens`: `fullLogprobs` too. */
  readonly full?: boolean;
}

/** `[B, T]` each, in nats; at padding unspecified but finite. */
export type TokenLogprobs<Tensor> = {
  /** Under the full vocabulary; with `keptTokens`: under the tokens that each was drawn from. */
  readonly logprobs: Tensor;
  /** Under the full vocabulary, beside `keptTokens`: what a KL between two models is made of. */
  readonly fullLogprobs?: Tensor;
  /** Of each full distribution. */
  readonly entropy?: Tensor;
};

/** Frozen weights that only score: the reference of the KL penalty. */
export interface ReferencePolicy<Tensor> {
  readonly identity: ModelIdentity;
  /** `[B, T]` log-probabilities of the response tokens; at padding unspecified but finite. The caller disposes. */
  logprobs(batch: SequenceBatch, options: LogprobOptions): Tensor;
  /**
   * The same as numbers, 0 at padding, of a reference that computes elsewhere: trainers ask this where it is there, and `logprobs` where not. So many
   * rows share a pass as `rowsAtOnce` says, in the rows' order, so that both give the same bits.
   */
  evaluateLogprobs?(batch: SequenceBatch, options: EvaluateLogprobsOptions): Promise<Float32Array>;
  /** As the policy's, for whoever compares whole distributions; with `logits`, or neither of them. */
  hiddenStates?(batch: SequenceBatch): Tensor;
  /** As the policy's. */
  logits?(hidden: Tensor): Tensor;
  /** Frees what the reference alone holds. */
  dispose(): void;
}

/** A causal language model that can be trained: what the trainer needs of a policy, and nothing more. */
export interface TrainablePolicy<Tensor> extends Generator {
  /**
   * What training may change and a checkpoint carries: all parameters by name, tied ones once; with an adapter, the adapter's alone.
   * The order is fixed.
   */
  readonly parameters: ReadonlyMap<string, Parameter<Tensor>>;
  readonly tokenizer: Tokenizer;
  readonly hiddenSize: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly layerCount: number;
  /** Ids that end a text, from the generation configuration. */
  readonly eosTokenIds: readonly number[];
  /** The weights as they were loaded; with an adapter: those of its base and of its own, and its scale. */
  readonly identity: ModelIdentity;
  /**
   * `[B, T, H]` hidden states after the final norm, at the column before each response token. Differentiable; the caller disposes
   * (inside a tidy or a gradient function: nobody has to). Position ids follow from the mask.
   */
  hiddenStates(batch: SequenceBatch): Tensor;
  /**
   * `[B, H]` hidden states after the final norm, at the last token of each row's prompt and response: what stands for the whole text, to a
   * reward head or for the value of a response that was cut. A row may have no response token, but no token more than the context.
   * Differentiable; the caller disposes, as above.
   */
  lastHiddenStates(batch: SequenceBatch): Tensor;
  /** From the hidden states of the response tokens: their log-probabilities and what else is asked for. Differentiable; the caller disposes. */
  tokenLogprobs(hidden: Tensor, responses: TokenBatch, options: TokenLogprobOptions): TokenLogprobs<Tensor>;
  /** From hidden states `[…, H]`: logits `[…, V]`, before any temperature. Differentiable; the caller disposes. */
  logits?(hidden: Tensor): Tensor;
  /**
   * The start weights, frozen; with an adapter: the same weights with the adapter off. `onDisk`: they may rest in a file while nobody reads
   * them, to save memory.
   */
  createReference(options?: { readonly onDisk?: boolean }): ReferencePolicy<Tensor>;
  /** Writes a folder in Hugging Face layout: config, weights in float32, tokenizer. With an adapter: one in PEFT layout, with such a folder in `merged/`. */
  save(directory: string): Promise<void>;
  dispose(): void;
}
