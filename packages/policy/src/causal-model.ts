import type { LogprobOptions, SequenceBatch, TokenBatch } from "@cai/contracts";
import { attentionBias, causalAttention, linear, loraLinear, rotaryEmbedding, rotation, tokenEntropy, tokenLogprobs } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { checkResponses, checkSequences, longestRow } from "./check-batch.ts";
import { PolicyError } from "./error.ts";
import type { AttentionInput, ForwardPass, ModelArchitecture } from "./families/family.ts";
import { inputColumns, withoutPaddingIds } from "./input-columns.ts";
import type { LoraAdapter } from "./lora/adapter.ts";
import { positionIds } from "./position-ids.ts";

/**
 * The maths of a causal language model over weights that somebody else owns: `weight` gives the tensor of a name at the time of the call,
 * so that the same code serves a policy whose weights change, and a frozen copy.
 */
export class CausalModel {
  readonly architecture: ModelArchitecture;
  readonly #weight: (name: string) => tf.Tensor;
  readonly #hasBias: ReadonlySet<string>;
  readonly #adapter: LoraAdapter | undefined;

  constructor({
    architecture,
    weight,
    adapter,
  }: {
    readonly architecture: ModelArchitecture;
    readonly weight: (name: string) => tf.Tensor;
    readonly adapter?: LoraAdapter | undefined;
  }) {
    this.architecture = architecture;
    this.#weight = weight;
    this.#adapter = adapter;
    this.#hasBias = new Set(architecture.parameters.map(({ name }) => name).filter((name) => name.endsWith(".bias")));
  }

  /** Hidden states after the final norm for every token: ids and positions `[B, T]` int32 → `[B, T, H]`. The caller disposes. */
  forward({
    ids,
    positions,
    attend,
  }: {
    ids: tf.Tensor2D;
    positions: tf.Tensor2D;
    attend: (input: AttentionInput) => tf.Tensor4D;
  }): tf.Tensor3D {
    const { architecture } = this;
    const turns = architecture.rotaryFrequencies && rotation(positions, architecture.rotaryFrequencies);
    const pass: ForwardPass = {
      positionIds: positions,
      weight: this.#weight,
      linear: (name, input) => this.#linear(name, input),
      rotate: (heads) => (turns === undefined ? heads : (rotaryEmbedding(heads, turns) as tf.Tensor4D)),
      attend,
    };
    let hidden = tf.tidy(() => architecture.embed(ids, pass));
    for (let layer = 0; layer < architecture.layerCount; layer++) {
      const input = hidden;
      hidden = tf.tidy(() => architecture.block(layer, input, pass));
      tf.dispose(input);
    }
    tf.dispose({ ...turns });
    const last = hidden;
    const normed = tf.tidy(() => architecture.finalNorm(last, pass));
    tf.dispose(last);
    return normed;
  }

  /** `[B, T, H]`, read at the column before each response token. Throws PolicyError; the caller disposes. */
  responseHiddenStates(batch: SequenceBatch): tf.Tensor3D {
    const { vocabSize, contextLength, hiddenSize } = this.architecture;
    checkSequences(batch, vocabSize);
    const input = inputColumns(batch);
    const longest = longestRow(input);
    if (longest > contextLength)
      throw new PolicyError(
        "too-long",
        `a prompt with its response has ${longest} tokens to read, the model's context is ${contextLength}`,
      );
    const { shape } = input;
    return tf.tidy(() => {
      const bias = attentionBias({ mask: input.mask, shape });
      const hidden = this.forward({
        ids: tf.tensor2d(input.ids, [...shape], "int32"),
        positions: tf.tensor2d(positionIds(input), [...shape], "int32"),
        attend: ({ query, key, value }) => causalAttention({ query, key, value, bias }) as tf.Tensor4D,
      });
      return tf.slice(hidden, [0, batch.prompts.shape[1] - 1, 0], [shape[0], batch.responses.shape[1], hiddenSize]);
    });
  }

  /** `[…, H]` → `[…, V]`. Differentiable; the caller disposes. */
  logits<Rank extends tf.Tensor>(hidden: Rank): Rank {
    return linear(hidden, this.#weight(this.architecture.outputWeight), undefined, { transposed: true }) as Rank;
  }

  /** As `TrainablePolicy.tokenLogprobs`. */
  tokenLogprobs(
    hidden: tf.Tensor,
    responses: TokenBatch,
    { temperature, entropy = false }: LogprobOptions & { readonly entropy?: boolean },
  ): { readonly logprobs: tf.Tensor; readonly entropy?: tf.Tensor } {
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
    return tf.tidy(() => {
      const logits = this.logits(tf.reshape(hidden, [rows * columns, hiddenSize]) as tf.Tensor2D);
      const ids = tf.tensor1d(withoutPaddingIds(responses).ids, "int32");
      const logprobs = tf.reshape(tokenLogprobs(logits, ids, temperature), [rows, columns]);
      return entropy ? { logprobs, entropy: tf.reshape(tokenEntropy(logits, temperature), [rows, columns]) } : { logprobs };
    });
  }

  #linear(name: string, input: tf.Tensor): tf.Tensor {
    const bias = this.#hasBias.has(`${name}.bias`) ? this.#weight(`${name}.bias`) : undefined;
    const weight = this.#weight(`${name}.weight`);
    const transposed = this.architecture.linearLayout === "output-input";
    const update = this.#adapter?.update(name);
    return update === undefined ? linear(input, weight, bias, { transposed }) : loraLinear(input, { weight, bias, ...update, transposed });
  }
}
