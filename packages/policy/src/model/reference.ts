import type { LogprobOptions, ModelIdentity, Parameter, ReferencePolicy, SequenceBatch } from "@cai/contracts";
import { isRecorded } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { ScratchWeights } from "#platform";
import type { ModelArchitecture } from "../families/family.ts";
import { CausalModel } from "./causal-model.ts";
import type { ScratchWeights as Scratch } from "./scratch-weights.ts";
import { sharingTensor } from "./sharing-tensor.ts";

/**
 * A policy's weights as they are when this is made. They share storage with the policy's until those are replaced, or, `onDisk`, rest in a file
 * where they can.
 */
export class FrozenPolicy implements ReferencePolicy<tf.Tensor> {
  readonly identity: ModelIdentity;
  /** Those in memory: all; of a reference on disk none, but while gradients are being taken around it. */
  readonly #weights = new Map<string, tf.Tensor>();
  readonly #scratch: Scratch | undefined;
  readonly #names: readonly string[];
  readonly #model: CausalModel;

  constructor({
    architecture,
    parameters,
    identity,
    onDisk = false,
  }: {
    architecture: ModelArchitecture;
    parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
    identity: ModelIdentity;
    onDisk?: boolean;
  }) {
    this.identity = identity;
    this.#names = [...parameters.keys()];
    this.#scratch = onDisk ? ScratchWeights.write(new Map([...parameters].map(([name, { value }]) => [name, value]))) : undefined;
    if (this.#scratch === undefined) for (const [name, { value }] of parameters) this.#weights.set(name, tf.keep(sharingTensor(value)));
    const weight = (name: string) => this.#weights.get(name) ?? this.#scratch!.read(name);
    this.#model = new CausalModel({ architecture, weight, isTrained: () => false });
  }

  logprobs(batch: SequenceBatch, options: LogprobOptions): tf.Tensor {
    return this.#pass((model) => model.tokenLogprobs(model.responseHiddenStates(batch), batch.responses, options).logprobs);
  }

  hiddenStates(batch: SequenceBatch): tf.Tensor3D {
    return this.#pass((model) => model.responseHiddenStates(batch));
  }

  logits(hidden: tf.Tensor): tf.Tensor {
    return this.#pass((model) => model.logits(hidden));
  }

  dispose(): void {
    tf.dispose([...this.#weights.values()]);
    this.#weights.clear();
    this.#scratch?.dispose();
  }

  /** From the disk a weight comes when it is read, and goes with the block that read it; on a tape it is a constant, which comes before. */
  #pass<Result extends tf.Tensor>(run: (model: CausalModel) => Result): Result {
    const scratch = this.#scratch;
    if (scratch === undefined || !isRecorded()) return tf.tidy(() => run(this.#model));
    return tf.tidy(() => {
      for (const name of this.#names) this.#weights.set(name, scratch.read(name));
      try {
        return run(this.#model);
      } finally {
        this.#weights.clear();
      }
    });
  }
}
