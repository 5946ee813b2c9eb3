import type { Generator } from "@cai/contracts";
import type { DecodeAttention, TokenPass } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { currentWeight } from "../lora/merged-values.ts";
import { CausalModel } from "../model/causal-model.ts";
import type { LinearLayer } from "../model/tensor-operations.ts";
import type { CausalPolicy, PolicyParts } from "../policy.ts";
import type { DecodingModel } from "./decode-session.ts";
import { generate } from "./generate.ts";
import { halfRounding, int8Rounding, type Rounding } from "./rounding.ts";
import { recordTokenPass } from "./token-pass.ts";

/**
 * Draws as the policy does, with its weights of the moment rounded to 8-bit integers, a scale for each output (`quantizeColumns`): a token
 * takes the time of reading a fourth of the memory. What an adapter adds to a weight is rounded with it. Norms and embeddings stay
 * float32, and so do the weights that read prompts: many tokens at once are bound by arithmetic. Activations are rounded far less than weights:
 * see `int8Linear`.
 *
 * With `precision: "float16"` weights are rounded to half precision instead, on WebGPU alone: half of the memory, and a 30th of the error.
 *
 * Its numerics differ from the policy's: a trainer that is handed it computes old log-probabilities itself and weighs by importance. Weights
 * are rounded anew by each call of `generate` and freed at its end, so there is nothing to refresh or dispose of.
 *
 * @example
 * const trainer = await PPOTrainer.create({ policy, generator: quantizedGenerator({ policy }), rewardModel });
 */
export function quantizedGenerator({
  policy,
  precision = "int8",
}: {
  readonly policy: CausalPolicy;
  readonly precision?: "int8" | "float16";
}): Generator {
  const { architecture, adapter } = policy.parts;
  const weight = (name: string) => currentWeight(policy.parts, name);
  const model = new CausalModel({ architecture, weight, isTrained: () => false, adapter: adapter?.lora });
  return {
    async generate(prompts, sampling) {
      const tokenModel =
        precision === "int8" ? new QuantizedModel(policy.parts, int8Rounding) : new QuantizedModel(policy.parts, halfRounding);
      try {
        return await generate({ model, tokenModel, eosTokenIds: policy.eosTokenIds, prompts, sampling });
      } finally {
        tokenModel.dispose();
      }
    },
  };
}

/** A model whose linear layers and output matrix are rounded when they are first used. */
class QuantizedModel<Rounded> implements DecodingModel {
  readonly #rounding: Rounding<Rounded>;
  readonly #parts: PolicyParts;
  readonly #model: CausalModel;
  readonly #quantized = new Map<string, Rounded>();
  readonly #mergedBiases = new Map<string, tf.Tensor>();

  constructor(parts: PolicyParts, rounding: Rounding<Rounded>) {
    this.#parts = parts;
    this.#rounding = rounding;
    const { architecture } = parts;
    this.#model = new CausalModel({ architecture, weight: this.#value, isTrained: () => false, linear: this.#linear });
  }

  forward(input: Parameters<CausalModel["forward"]>[0]): tf.Tensor2D {
    return this.#model.forward(input);
  }

  logits<Rank extends tf.Tensor>(hidden: Rank): Rank {
    return this.#rounding.linear(hidden, this.#output()) as Rank;
  }

  tokenPass(attention: DecodeAttention): TokenPass | undefined {
    const { asTokenLayer } = this.#rounding;
    if (asTokenLayer === undefined) return undefined;
    const layer = (name: string) => {
      const { rounded, bias } = this.#layer(name);
      return { ...asTokenLayer(rounded), bias };
    };
    const weights = { weight: this.#value, layer, output: () => asTokenLayer(this.#output()) };
    return recordTokenPass(this.#parts.architecture, weights, attention);
  }

  dispose(): void {
    for (const rounded of this.#quantized.values()) tf.dispose(this.#rounding.tensorsOf(rounded));
    tf.dispose([...this.#mergedBiases.values()]);
    this.#quantized.clear();
    this.#mergedBiases.clear();
  }

  readonly #linear: LinearLayer = (name, input, fusion) => {
    const { rounded, bias } = this.#layer(name);
    return this.#rounding.linear(input, rounded, bias, fusion) as tf.Tensor2D;
  };

  readonly #layer = (name: string): { readonly rounded: Rounded; readonly bias: tf.Tensor | undefined } => {
    const { architecture, parameters, adapter } = this.#parts;
    const transposed = architecture.linearLayout === "output-input";
    const [weight, bias] = [`${name}.weight`, `${name}.bias`];
    const { round } = this.#rounding;
    const rounded = this.#rounded(weight, () => {
      const update = adapter?.lora.update(name);
      if (update?.columns === undefined) return round(this.#value(weight), { transposed, update });
      const merged = adapter!.lora.merged(weight, this.#value(weight))!;
      const result = round(merged, { transposed });
      merged.dispose();
      return result;
    });
    return { rounded, bias: parameters.has(bias) ? this.#bias(bias) : undefined };
  };

  #bias(name: string): tf.Tensor {
    const found = this.#mergedBiases.get(name);
    if (found !== undefined) return found;
    const merged = this.#parts.adapter?.lora.merged(name, this.#value(name));
    if (merged === undefined) return this.#value(name);
    this.#mergedBiases.set(name, tf.keep(merged));
    return merged;
  }

  #output(): Rounded {
    const name = this.#parts.architecture.outputWeight;
    return this.#rounded(name, () => this.#rounding.round(this.#value(name), { transposed: true }));
  }

  readonly #value = (name: string): tf.Tensor => currentWeight(this.#parts, name);

  #rounded(name: string, round: () => Rounded): Rounded {
    let weights = this.#quantized.get(name);
    if (weights === undefined) {
      weights = round();
      for (const tensor of this.#rounding.tensorsOf(weights)) tf.keep(tensor);
      this.#quantized.set(name, weights);
    }
    return weights;
  }
}
