import type { LogprobOptions, ModelIdentity, Parameter, ReferencePolicy, SequenceBatch } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import type { ModelArchitecture } from "../families/family.ts";
import { CausalModel } from "./causal-model.ts";
import { sharingTensor } from "./sharing-tensor.ts";

/** A policy's weights as they are when this is made; they share storage with the policy's until those are replaced. */
export class FrozenPolicy implements ReferencePolicy<tf.Tensor> {
  readonly identity: ModelIdentity;
  readonly #weights = new Map<string, tf.Tensor>();
  readonly #model: CausalModel;

  constructor({
    architecture,
    parameters,
    identity,
  }: {
    architecture: ModelArchitecture;
    parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
    identity: ModelIdentity;
  }) {
    this.identity = identity;
    for (const [name, { value }] of parameters) this.#weights.set(name, tf.keep(sharingTensor(value)));
    this.#model = new CausalModel({ architecture, weight: (name) => this.#weights.get(name)!, isTrained: () => false });
  }

  logprobs(batch: SequenceBatch, options: LogprobOptions): tf.Tensor {
    return tf.tidy(() => this.#model.tokenLogprobs(this.#model.responseHiddenStates(batch), batch.responses, options).logprobs);
  }

  hiddenStates(batch: SequenceBatch): tf.Tensor3D {
    return this.#model.responseHiddenStates(batch);
  }

  logits(hidden: tf.Tensor): tf.Tensor {
    return this.#model.logits(hidden);
  }

  dispose(): void {
    tf.dispose([...this.#weights.values()]);
    this.#weights.clear();
  }
}
