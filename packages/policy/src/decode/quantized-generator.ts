import type { Generator } from "@cai/contracts";
import { type DecodeAttention, type Int8Weights, int8Linear, quantizeColumns, type TokenPass } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { currentWeight } from "../lora/merged-values.ts";
import { CausalModel } from "../model/causal-model.ts";
import type { LinearLayer } from "../model/tensor-operations.ts";
import type { CausalPolicy, PolicyParts } from "../policy.ts";
import type { DecodingModel } from "./decode-session.ts";
import { generate } from "./generate.ts";
import { recordTokenPass } from "./token-pass.ts";

/**
 * Draws as the policy does, with its weights of the moment rounded to 8-bit integers, a scale for each output (`quantizeColumns`): a token
 * takes the time of reading a fourth of the memory. What an adapter adds to a weight is rounded with it. Norms and embeddings stay
 * float32, and so do the weights that read prompts: many tokens at once are bound by arithmetic. Activations are rounded far less than weights:
 * see `int8Linear`.
 *
 * Its numerics differ from the policy's: a trainer that is handed it computes old log-probabilities itself and weighs by importance. Weights
 * are rounded anew by each call of `generate` and freed at its end, so there is nothing to refresh or dispose of.
 *
 * @example
 * const trainer = await PPOTrainer.create({ policy, generator: quantizedGenerator({ policy }), rewardModel });
 */
export function quantizedGenerator({ policy }: { readonly policy: CausalPolicy }): Generator {
  const { architecture, adapter } = policy.parts;
  const weight = (name: string) => currentWeight(policy.parts, name);
  const model = new CausalModel({ architecture, weight, isTrained: () => false, adapter: adapter?.lora });
  return {
    async generate(prompts, sampling) {
      const tokenModel = new QuantizedModel(policy.parts);
      try {
        return await generate({ model, tokenModel, eosTokenIds: policy.eosTokenIds, prompts, sampling });
      } finally {
        tokenModel.dispose();
      }
    },
  };
}

/** A model whose linear layers and output matrix are rounded when they are first used. */
class QuantizedModel implements DecodingModel {
  readonly #parts: PolicyParts;
  readonly #model: CausalModel;
  readonly #quantized = new Map<string, Int8Weights>();
  readonly #mergedBiases = new Map<string, tf.Tensor>();

  constructor(parts: PolicyParts) {
    this.#parts = parts;
    const { architecture } = parts;
    this.#model = new CausalModel({ architecture, weight: this.#value, isTrained: () => false, linear: this.#linear });
  }

  forward(input: Parameters<CausalModel["forward"]>[0]): tf.Tensor2D {
    return this.#model.forward(input);
  }

  logits<Rank extends tf.Tensor>(hidden: Rank): Rank {
    return int8Linear(hidden, this.#output()) as Rank;
  }

  tokenPass(attention: DecodeAttention): TokenPass | undefined {
    const { architecture } = this.#parts;
    const weights = { weight: this.#value, layer: this.#layer, output: () => ({ int8: this.#output() }) };
    return recordTokenPass(architecture, weights, attention);
  }

  dispose(): void {
    for (const { integers, scales } of this.#quantized.values()) tf.dispose([integers, scales]);
    tf.dispose([...this.#mergedBiases.values()]);
    this.#quantized.clear();
    this.#mergedBiases.clear();
  }

  readonly #linear: LinearLayer = (name, input, fusion) => {
    const { int8, bias } = this.#layer(name);
    return int8Linear(input, int8, bias, fusion) as tf.Tensor2D;
  };

  readonly #layer = (name: string): { readonly int8: Int8Weights; readonly bias: tf.Tensor | undefined } => {
    const { architecture, parameters, adapter } = this.#parts;
    const transposed = architecture.linearLayout === "output-input";
    const [weight, bias] = [`${name}.weight`, `${name}.bias`];
    const int8 = this.#rounded(weight, () => {
      const update = adapter?.lora.update(name);
      if (update?.columns === undefined) return quantizeColumns(this.#value(weight), { transposed, update });
      const merged = adapter!.lora.merged(weight, this.#value(weight))!;
      const rounded = quantizeColumns(merged, { transposed });
      merged.dispose();
      return rounded;
    });
    return { int8, bias: parameters.has(bias) ? this.#bias(bias) : undefined };
  };

  #bias(name: string): tf.Tensor {
    const found = this.#mergedBiases.get(name);
    if (found !== undefined) return found;
    const merged = this.#parts.adapter?.lora.merged(name, this.#value(name));
    if (merged === undefined) return this.#value(name);
    this.#mergedBiases.set(name, tf.keep(merged));
    return merged;
  }

  #output(): Int8Weights {
    const name = this.#parts.architecture.outputWeight;
    return this.#rounded(name, () => quantizeColumns(this.#value(name), { transposed: true }));
  }

  readonly #value = (name: string): tf.Tensor => currentWeight(this.#parts, name);

  #rounded(name: string, round: () => Int8Weights): Int8Weights {
    let weights = this.#quantized.get(name);
    if (weights === undefined) {
      const { integers, scales } = round();
      weights = { integers: tf.keep(integers), scales: tf.keep(scales) };
      this.#quantized.set(name, weights);
    }
    return weights;
  }
}
