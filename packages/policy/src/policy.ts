import type {
  Generation,
  ModelIdentity,
  Parameter,
  ReferencePolicy,
  SamplingOptions,
  SequenceBatch,
  TokenBatch,
  Tokenizer,
  TokenLogprobOptions,
  TokenLogprobs,
  TrainablePolicy,
  WeightSource,
} from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import { generate } from "./decode/generate.ts";
import type { ModelArchitecture } from "./families/family.ts";
import { savePolicy } from "./load/save.ts";
import type { LoraAdapter } from "./lora/adapter.ts";
import { currentWeight } from "./lora/merged-values.ts";
import { CausalModel } from "./model/causal-model.ts";
import { FrozenPolicy } from "./model/reference.ts";
import { type PolicyMemory, policyMemory } from "./policy-memory.ts";
import { weightSource } from "./weight-source.ts";

/** What a policy is made of; see `loadPolicy`, `randomPolicy` and `createPolicy`, which gather it. */
export interface PolicyParts {
  readonly architecture: ModelArchitecture;
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  readonly tokenizer: Tokenizer & { readonly files?: ReadonlyMap<string, string> };
  readonly identity: ModelIdentity;
  readonly eosTokenIds: readonly number[];
  /** As read from `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The text of `generation_config.json`, where there was one. */
  readonly generationConfig: string | undefined;
  /** Where there is one, it alone is trained, and `identity` above is the base's. */
  readonly adapter?: { readonly lora: LoraAdapter; readonly identity: ModelIdentity };
  /** Keep the input of each block only for the backward pass, and compute the block again there: less memory, more time. Default false. */
  readonly recompute?: boolean;
}

/**
 * A causal language model in TensorFlow.js whose weights can be trained. It owns its parameters until `dispose`.
 *
 * Dropout is off throughout. Rows are `[prompt | response]`, padded on the left and on the right; padding is attended nowhere and takes no
 * position, so that a row's numbers do not depend on its neighbours. Where prompts of a batch open with the same tokens, these are computed once.
 *
 * @example
 * const policy = await loadPolicy("./gpt2");
 * const ids = policy.tokenizer.encode("Once upon");
 * const prompts = { ids, mask: new Uint8Array(ids.length).fill(1), shape: [1, ids.length] } as const;
 * const { responses } = await policy.generate(prompts, { draws: { seed: 7, stream: "example", step: 0 }, maxNewTokens: 20 });
 * console.log(policy.tokenizer.decode(responses.ids));
 */
export class CausalPolicy implements TrainablePolicy<tf.Tensor> {
  /** All weights, with an adapter in them: for engines that compute with a copy, and exports. */
  readonly weights: WeightSource;
  /** For what takes a model apart: adapters, exports. */
  readonly parts: PolicyParts;
  /** All weights; with an adapter: the adapter's alone. */
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  /** Those of `parameters` that `hiddenStates` reads: all, but for an output matrix of its own. What a value model stands on. */
  readonly hiddenParameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  readonly tokenizer: Tokenizer;
  readonly hiddenSize: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly layerCount: number;
  readonly eosTokenIds: readonly number[];
  readonly identity: ModelIdentity;
  readonly #model: CausalModel;

  constructor(parts: PolicyParts) {
    const { architecture, parameters, adapter } = parts;
    this.parts = parts;
    this.weights = weightSource(parts);
    this.#model = new CausalModel({
      architecture,
      weight: (name) => currentWeight(parts, name),
      isTrained: (name) => (adapter?.lora.replacement(name) ?? parameters.get(name)!).trainable,
      adapter: adapter?.lora,
      recompute: parts.recompute,
    });
    this.parameters = adapter?.lora.parameters ?? parameters;
    const output = adapter?.lora.replacement(architecture.outputWeight) ?? parameters.get(architecture.outputWeight);
    this.hiddenParameters = new Map([...this.parameters].filter(([, parameter]) => parameter !== output || parameter.layer < 0));
    this.tokenizer = parts.tokenizer;
    this.identity = adapter?.identity ?? parts.identity;
    this.eosTokenIds = parts.eosTokenIds;
    this.hiddenSize = architecture.hiddenSize;
    this.vocabSize = architecture.vocabSize;
    this.contextLength = architecture.contextLength;
    this.layerCount = architecture.layerCount;
  }

  /**
   * `[B, T, H]` float32, after the final norm, at the column before each response token, 0 at padding. Differentiable with respect to
   * `parameters`; the caller disposes. Throws PolicyError for batches that don't fit this model.
   */
  hiddenStates(batch: SequenceBatch): tf.Tensor3D {
    return this.#model.responseHiddenStates(batch);
  }

  /**
   * `[B, H]` float32, after the final norm, at the last token of each row: its response's, or its prompt's where it has none. Differentiable
   * with respect to `hiddenParameters`; the caller disposes. Throws PolicyError for batches that don't fit this model.
   *
   * @example
   * const ends = policy.lastHiddenStates(batch); // what a reward head reads
   */
  lastHiddenStates(batch: SequenceBatch): tf.Tensor2D {
    return this.#model.lastHiddenStates(batch);
  }

  /** Hidden states `[…, H]` → logits `[…, V]`. Differentiable; the caller disposes. */
  logits(hidden: tf.Tensor): tf.Tensor {
    return this.#model.logits(hidden);
  }

  /**
   * `[B, T]` log-probabilities of the response tokens under softmax(logits / temperature), over the full vocabulary or the `keptTokens` that each
   * was drawn from; the full ones beside those, and the entropies in nats, if asked for. Differentiable; at padding unspecified but finite; the
   * caller disposes. Throws PolicyError, and KernelError for a token that was not among those kept.
   */
  tokenLogprobs(hidden: tf.Tensor, responses: TokenBatch, options: TokenLogprobOptions): TokenLogprobs<tf.Tensor> {
    return this.#model.tokenLogprobs(hidden, responses, options);
  }

  /**
   * Draws responses over a key/value cache; stops once every row has ended. No row depends on its neighbours. Rejects with PolicyError
   * for prompts or options that don't fit, and with the signal's reason when aborted.
   */
  generate(prompts: TokenBatch, sampling: SamplingOptions): Promise<Generation> {
    return generate({ model: this.#model, eosTokenIds: this.eosTokenIds, prompts, sampling });
  }

  /**
   * The weights of this moment, frozen: to be asked for before the first update. They take no memory of their own until the policy is
   * updated. With an adapter: the weights without it, which never take any. Dispose of it when done.
   *
   * `onDisk`: without an adapter they rest in a temporary file, 4 bytes a weight, and take memory a block at a time while they are read. Only
   * native TensorFlow with our kernels can do that, and it asks for a folder that is not in memory itself (TMPDIR, /tmp, /var/tmp): where it
   * can't be done, they stay in memory.
   *
   * @throws PolicyError `cannot-write`.
   */
  createReference({ onDisk = false }: { readonly onDisk?: boolean } = {}): ReferencePolicy<tf.Tensor> {
    return new FrozenPolicy({ ...this.parts, onDisk: onDisk && this.parts.adapter === undefined });
  }

  /**
   * Writes `config.json`, `model.safetensors` (float32, Hugging Face's names), `generation_config.json` and the tokenizer's files into
   * a folder, made if missing; each file is replaced whole or not at all. With an adapter: the adapter in PEFT's layout
   * (`adapter_config.json`, `adapter_model.safetensors`), and in `merged/` the model with the adapter in its weights.
   */
  async save(directory: string): Promise<void> {
    await savePolicy({ directory, ...this.parts });
  }

  /** What its weights take, and what a token takes of memory in training and generation, from its shapes alone. */
  get memory(): PolicyMemory {
    return policyMemory(this.parts);
  }

  /** Frees the weights; the policy is of no use afterwards. A reference keeps its own. */
  dispose(): void {
    for (const parameter of this.parts.parameters.values()) tf.dispose(parameter.value);
    this.parts.adapter?.lora.dispose();
  }
}
