import type { Generator, Parameter, ReferencePolicy, RewardModel, TrainablePolicy } from "@cai/contracts";
import { TrainingError } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";

/** What every trainer that learns from its own responses is given. */
export interface OnPolicyPartsGiven {
  /** Trained in place. The caller disposes of it after the trainer. */
  readonly policy: TrainablePolicy<tf.Tensor>;
  /** A reward model, or just its `score` function. */
  readonly rewardModel: RewardModel | RewardModel["score"];
  /** What writes the responses. Default: the policy. */
  readonly generator?: Generator;
  /** What the KL is measured against. Default: the policy as it is now, frozen, which the trainer then owns. */
  readonly reference?: ReferencePolicy<tf.Tensor>;
}

/** What it is made of. */
export interface OnPolicyParts {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly generator: Generator;
  readonly rewardModel: RewardModel;
  /** Missing where nothing is measured against it. */
  readonly reference: ReferencePolicy<tf.Tensor> | undefined;
  /** Disposes of the parts that were made here, not of those that were handed in. */
  dispose(): void;
}

/** Takes the parts that are given and makes the others. */
export function assembleOnPolicyParts(
  { policy, rewardModel, generator, reference: given }: OnPolicyPartsGiven,
  { frozenLayers, usesReference = true }: { readonly frozenLayers: number; readonly usesReference?: boolean },
): OnPolicyParts {
  freezeLayers(policy, frozenLayers);
  const reference = usesReference ? (given ?? policy.createReference()) : undefined;
  return {
    policy,
    generator: generator ?? policy,
    rewardModel: typeof rewardModel === "function" ? { score: rewardModel } : rewardModel,
    reference,
    dispose() {
      if (given === undefined) reference?.dispose();
    },
  };
}

/** @throws TrainingError `invalid-option` where nothing is trainable. */
export function trainableParameters(policy: TrainablePolicy<tf.Tensor>): Parameter<tf.Tensor>[] {
  const parameters = [...policy.parameters.values()].filter(({ trainable }) => trainable);
  if (parameters.length === 0)
    throw new TrainingError("invalid-option", "no parameter of the policy is trainable; lower frozenLayers or unfreeze some of them");
  return parameters;
}

function freezeLayers(policy: TrainablePolicy<tf.Tensor>, count: number): void {
  if (count > policy.layerCount)
    throw new TrainingError("invalid-option", `frozenLayers is ${count}; the policy has ${policy.layerCount} layers`);
  if (count > 0) for (const parameter of policy.parameters.values()) if (parameter.layer < count) parameter.trainable = false;
}
