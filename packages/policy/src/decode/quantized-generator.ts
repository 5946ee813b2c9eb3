import type { Generator } from "@cai/contracts";
import { type Int8Weights, int8Linear, quantizeColumns } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { currentWeight } from "../lora/merged-values.ts";
import { CausalModel } from "../model/causal-model.ts";
import type { LinearLayer } from "../model/tensor-operations.ts";
import type { CausalPolicy, PolicyParts } from "../policy.ts";
import type { DecodingModel } from "./decode-session.ts";
import { generate } from "./generate.ts";

/**
 * Draws as the policy does, with its weights of the moment rounded to 8-bit integers, a scale for each output (`quantizeColumns`): a token
 * takes the time of reading a fourth of the memory. What an adapter adds to a weight is rounded with it. Activations, norms and embeddings stay
 * float32, and so do the weights that read prompts: many tokens at once are bound by arithmetic.
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

  constructor(parts: PolicyParts) {
    this.#parts = parts;
    const { architecture } = parts;
    this.#model = new CausalModel({ architecture, weight: this.#value, isTrained: () => false, linear: this.#linear });
  }

  forward(input: Parameters<CausalModel["forward"]>[0]): tf.Tensor2D {
    return this.#model.forward(input);
  }

  logits<Rank extends tf.Tensor>(hidden: Rank): Rank {
    const name = this.#parts.architecture.outputWeight;
    return int8Linear(
      hidden,
      this.#rounded(name, () => quantizeColumns(this.#value(name), { transposed: true })),
    ) as Rank;
  }

  dispose(): void {
    for (const { integers, scales } of this.#quantized.values()) tf.dispose([integers, scales]);
    this.#quantized.clear();
  }

  readonly #linear: LinearLayer = (name, input, fusion) => {
    const { architecture, parameters, adapter } = this.#parts;
    const transposed = architecture.linearLayout === "output-input";
    const [weight, bias] = [`${name}.weight`, `${name}.bias`];
    const weights = this.#rounded(weight, () => {
      const update = adapter?.lora.update(name);
      if (update?.columns === undefined) return quantizeColumns(this.#value(weight), { transposed, update });
      const merged = adapter!.lora.merged(weight, this.#value(weight))!;
      const rounded = quantizeColumns(merged, { transposed });
      merged.dispose();
      return rounded;
    });
    const added = parameters.has(bias) ? (adapter?.lora.merged(bias, this.#value(bias)) ?? this.#value(bias)) : undefined;
    return int8Linear(input, weights, added, fusion) as tf.Tensor2D;
  };

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
