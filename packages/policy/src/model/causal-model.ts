import { keptOf, type SequenceBatch, type TokenBatch, type TokenLogprobOptions, type TokenLogprobs } from "@cai/contracts";
import {
  add,
  type DecodeAttention,
  embedding,
  fusedLinear,
  hiddenLogprobs,
  isRecorded,
  linear,
  packedAttention,
  placeRows,
  recorded,
  rotation,
  scaled,
  type TokenPass,
  tiedEmbedding,
  unfusedLinear,
} from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { recordTokenPass } from "../decode/token-pass.ts";
import { PolicyError } from "../error.ts";
import type { BlockOperations } from "../families/block-operations.ts";
import type { ModelArchitecture } from "../families/family.ts";
import { adaptedLinear } from "../lora/adapted-linear.ts";
import type { LoraAdapter } from "../lora/adapter.ts";
import { checkResponses, checkSequences } from "./check-batch.ts";
import { inputColumns, type PackedTokens, packTokens, type ReadTokens, wholeTexts } from "./input-columns.ts";
import { readPlaces } from "./read-places.ts";
import { holdBeginningsOnce } from "./shared-beginnings.ts";
import { type AttentionInput, type LinearLayer, tensorOperations } from "./tensor-operations.ts";

/** What one pass reads, and what each token may look at. */
interface PassTokens extends Pick<PackedTokens, "ids" | "positions"> {
  readonly attend: (input: AttentionInput) => tf.Tensor2D;
  /** `[R]`, R ≥ 1: the tokens whose hidden states somebody reads, each once. */
  readonly readAt: Int32Array;
}

/**
 * The maths of a causal language model over weights that somebody else owns: `weight` gives the tensor of a name at the time of the call,
 * so that the same code serves a policy whose weights change, and a frozen copy.
 */
export class CausalModel {
  readonly architecture: ModelArchitecture;
  readonly #weight: (name: string) => tf.Tensor;
  readonly #isTrained: (name: string) => boolean;
  readonly #recompute: boolean;
  readonly #hasBias: ReadonlySet<string>;
  readonly #parametersOf: ReadonlyMap<number, readonly string[]>;
  readonly #adapter: LoraAdapter | undefined;
  readonly #linear: LinearLayer;
  /** By the hidden states of a pass: what its tied embedding is on the tape. */
  readonly #tied = new WeakMap<tf.Tensor, tf.Tensor>();

  constructor({
    architecture,
    weight,
    isTrained,
    adapter,
    recompute = false,
    linear: linearLayer,
  }: {
    readonly architecture: ModelArchitecture;
    readonly weight: (name: string) => tf.Tensor;
    /** Whether a gradient may be asked for, at the time of a call; those of the other weights are not there. */
    readonly isTrained: (name: string) => boolean;
    readonly adapter?: LoraAdapter | undefined;
    /** For the backward pass, keep the input of each block only, and compute the block again: less memory, more time. */
    readonly recompute?: boolean | undefined;
    /** How a block's linear layers are computed. Default: by their weights and the adapter's. */
    readonly linear?: LinearLayer;
  }) {
    this.architecture = architecture;
    this.#weight = weight;
    this.#isTrained = isTrained;
    this.#adapter = adapter;
    this.#recompute = recompute;
    this.#linear = linearLayer ?? this.#adaptedLinear;
    this.#hasBias = new Set(architecture.parameters.map(({ name }) => name).filter((name) => name.endsWith(".bias")));
    const parametersOf = new Map<number, string[]>();
    for (const { name, layer } of architecture.parameters) parametersOf.set(layer, [...(parametersOf.get(layer) ?? []), name]);
    this.#parametersOf = parametersOf;
  }

  /**
   * Hidden states after the final norm of the tokens that are read, `[R, H]` in the order of `readAt`, of texts that stand one after another:
   * ids and positions in their own text, `[N]`. `attend` says what each token may look at. In the last block the other tokens are keys and values,
   * and no more. The caller disposes.
   */
  forward(tokens: PassTokens): tf.Tensor2D {
    return tf.tidy(() => this.#forward(tokens, { leadsToLogits: false }).hidden);
  }

  /** `[B, T, H]`, read at the column before each response token, 0 at padding. Throws PolicyError; the caller disposes. */
  responseHiddenStates(batch: SequenceBatch): tf.Tensor3D {
    checkSequences(batch, this.architecture.vocabSize);
    return tf.tidy(() => {
      const { read, tied } = this.#read(inputColumns(batch), { leadsToLogits: true });
      const states: tf.Tensor3D = tf.reshape(read, [...batch.responses.shape, this.architecture.hiddenSize]);
      if (tied !== undefined) this.#tied.set(states, tied);
      return states;
    });
  }

  /** `[B, H]`, read at the last token of each row's prompt and response. Throws PolicyError; the caller disposes. */
  lastHiddenStates(batch: SequenceBatch): tf.Tensor2D {
    checkSequences(batch, this.architecture.vocabSize);
    return tf.tidy(() => this.#read(wholeTexts(batch), { leadsToLogits: false }).read);
  }

  /** Hidden states of packed texts, those that are wanted. All tensors belong to the caller's tidy. */
  #read(
    { readAt, shareable, ...packed }: ReadTokens,
    { leadsToLogits }: { readonly leadsToLogits: boolean },
  ): { readonly read: tf.Tensor2D; readonly tied: tf.Tensor | undefined } {
    const { contextLength } = this.architecture;
    const { lengths } = packed;
    const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    if (longest > contextLength)
      throw new PolicyError(
        "too-long",
        `a prompt with its response has ${longest} tokens to read, the model's context is ${contextLength}`,
      );
    const { ids, positions, attending, placesOf } = holdBeginningsOnce(packed, shareable);
    const attend = attending((input) => packedAttention({ ...input, lengths }) as tf.Tensor2D);
    const { places, rankAt } = readPlaces(placesOf(readAt));
    const { hidden, tied } = this.#forward({ ids, positions, attend, readAt: places }, { leadsToLogits });
    return { read: placeRows(hidden, rankAt) as tf.Tensor2D, tied };
  }

  /** `[…, H]` → `[…, V]`. Differentiable; the caller disposes. */
  logits<Rank extends tf.Tensor>(hidden: Rank): Rank {
    return linear(hidden, this.#weight(this.architecture.outputWeight), undefined, { transposed: true }) as Rank;
  }

  /** `forward` and `logits` of one token a text as one operation; undefined where there is none. */
  tokenPass(attention: DecodeAttention): TokenPass | undefined {
    if (this.#adapter?.scalesColumns) return undefined;
    const output = () => ({ weight: this.#weight(this.architecture.outputWeight), transposed: true });
    return recordTokenPass(this.architecture, { weight: this.#weight, layer: (name) => this.#layer(name), output }, attention);
  }

  /** As `TrainablePolicy.tokenLogprobs`. */
  tokenLogprobs(
    hidden: tf.Tensor,
    responses: TokenBatch,
    { temperature, entropy = false, keptTokens, full = false }: TokenLogprobOptions,
  ): TokenLogprobs<tf.Tensor> {
    const { vocabSize, hiddenSize } = this.architecture;
    checkResponses(responses, vocabSize);
    const [rows, columns] = responses.shape;
    if (hidden.shape.join() !== [rows, columns, hiddenSize].join())
      throw new PolicyError(
        "shape-mismatch",
        `hidden states have shape [${hidden.shape}], these responses want [${[rows, columns, hiddenSize]}]`,
      );
    if (!(temperature > 0 && Number.isFinite(temperature)))
      throw new PolicyError("bad-option", `temperature is ${temperature}: log-probabilities want a positive number`);
    if (keptTokens !== undefined && keptTokens.offsets.length !== rows * columns + 1)
      throw new PolicyError(
        "shape-mismatch",
        `keptTokens has ${keptTokens.offsets.length} offsets, responses [${rows}, ${columns}] want ${rows * columns + 1}`,
      );
    const valid = packTokens(responses);
    const places = new Int32Array(rows * columns).fill(-1);
    valid.cells.forEach((cell, place) => {
      places[cell] = place;
    });
    const zeros = () => tf.zeros([rows, columns]);
    if (valid.cells.length === 0)
      return { logprobs: zeros(), ...(keptTokens && full && { fullLogprobs: zeros() }), ...(entropy && { entropy: zeros() }) };
    return tf.tidy(() => {
      const { outputWeight } = this.architecture;
      const results = hiddenLogprobs({
        hidden: placeRows(tf.reshape(hidden, [rows * columns, hiddenSize]), valid.cells),
        weight: this.#weight(outputWeight),
        tied: this.#tied.get(hidden),
        isFrozen: !this.#isTrained(outputWeight),
        ids: valid.ids,
        temperature,
        kept: keptTokens && Array.from(valid.cells, (cell) => keptOf(keptTokens, cell)),
        full,
        entropy,
      });
      const inBatch = (values: tf.Tensor) => tf.reshape(placeRows(values, places), [rows, columns]);
      return {
        logprobs: inBatch(results.logprobs),
        ...(results.fullLogprobs && { fullLogprobs: inBatch(results.fullLogprobs) }),
        ...(results.entropy && { entropy: inBatch(results.entropy) }),
      };
    });
  }

  /**
   * `tied` is the output matrix where it is the embedding's too, and will be asked for on the same tape: `tiedEmbedding`'s. All tensors belong
   * to the caller's tidy.
   */
  #forward(
    { ids, positions, attend, readAt }: PassTokens,
    { leadsToLogits }: { readonly leadsToLogits: boolean },
  ): { readonly hidden: tf.Tensor2D; readonly tied: tf.Tensor | undefined } {
    const { architecture } = this;
    let tied: tf.Tensor | undefined;
    const embed = (name: string, rows: tf.Tensor): tf.Tensor2D => {
      const isTied = leadsToLogits && name === architecture.outputWeight && this.#isTrained(name);
      if (!isTied) return embedding(this.#weight(name), rows) as tf.Tensor2D;
      const both = tiedEmbedding(this.#weight(name), rows);
      tied = both.table;
      return both.rows as tf.Tensor2D;
    };
    const positionIds = tf.tensor1d(positions, "int32");
    let hidden: tf.Tensor = tf.tidy(() => {
      const { embedding: tables } = architecture;
      const rows = embed(tables.tokens, tf.tensor1d(ids, "int32"));
      const placed = tables.positions === undefined ? rows : add(rows, embed(tables.positions, positionIds));
      return tables.scale === undefined ? placed : scaled(placed, tables.scale);
    });
    const operations = this.#operations(positionIds, attend);
    const rowsRead = (rows: tf.Tensor2D) => placeRows(rows, readAt) as tf.Tensor2D;
    let xIsConstant = isEmpty(this.#trainedWeights(-1));
    for (let layer = 0; layer < architecture.layerCount; layer++) {
      const x = hidden;
      const weights = this.#trainedWeights(layer);
      hidden = recorded({
        x,
        xIsConstant,
        weights,
        // The pass's own tensors are gone when a block is computed again.
        forward: (input) =>
          architecture.block(
            layer,
            input as tf.Tensor2D,
            this.#recompute ? this.#operations(tf.tensor1d(positions, "int32"), attend) : operations,
            layer === architecture.layerCount - 1 ? rowsRead : undefined,
          ),
        recompute: this.#recompute,
      });
      tf.dispose(x);
      xIsConstant &&= isEmpty(weights);
    }
    return { hidden: architecture.finalNorm(hidden as tf.Tensor2D, operations), tied };
  }

  /** Its tensors belong to the caller's tidy. */
  #operations(positionIds: tf.Tensor1D, attend: PassTokens["attend"]): BlockOperations<tf.Tensor2D> {
    const { attention, rotaryFrequencies = [] } = this.architecture;
    const rotations = new Map([...new Set(rotaryFrequencies)].map((frequencies) => [frequencies, rotation(positionIds, frequencies)]));
    const turns = (layer: number) => {
      const frequencies = rotaryFrequencies[layer];
      return frequencies && rotations.get(frequencies);
    };
    return tensorOperations({ weight: this.#weight, linear: this.#linear, attend, attention, turns });
  }

  /** Those of a block, or of the embedding, that a gradient may be asked for now, the adapter's among them. */
  #trainedWeights(layer: number): Record<string, tf.Tensor> {
    if (!isRecorded()) return {};
    const own = this.#parametersOf.get(layer)?.filter(this.#isTrained) ?? [];
    const adapted = this.#adapter?.updatesIn(layer).filter(({ trainable }) => trainable) ?? [];
    return Object.fromEntries([
      ...own.map((name) => [name, this.#weight(name)] as const),
      ...adapted.map(({ name, value }) => [name, value] as const),
    ]);
  }

  #layer(name: string) {
    return {
      weight: this.#weight(`${name}.weight`),
      bias: this.#hasBias.has(`${name}.bias`) ? this.#weight(`${name}.bias`) : undefined,
      transposed: this.architecture.linearLayout === "output-input",
      update: this.#adapter?.update(name),
    };
  }

  readonly #adaptedLinear: LinearLayer = (name, input, fusion) => {
    const { update, ...layer } = this.#layer(name);
    return (
      update === undefined ? fusedLinear(input, layer, fusion) : unfusedLinear(input, fusion, (x) => adaptedLinear(x, { ...layer, update }))
    ) as tf.Tensor2D;
  };
}

const isEmpty = (weights: Readonly<Record<string, tf.Tensor>>): boolean => Object.keys(weights).length === 0;
