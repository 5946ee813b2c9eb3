import type { Generator, Parameter, ReferencePolicy, RewardModel, ScoreFunction, TrainablePolicy } from "@cai/contracts";
import { TrainingError } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";

/** What every trainer that learns from its own responses is given. */
export interface OnPolicyPartsGiven {
  /** Trained in place. The caller disposes of it after the trainer. */
  readonly policy: TrainablePolicy<tf.Tensor>;
  /** A reward model, or a function that gives a finite number for each response, at once or later. */
  readonly rewardModel: RewardModel | ScoreFunction;
  /** What writes the responses. Default: the policy. */
  readonly generator?: Generator;
  /** What the KL is measured against. Default: the policy as it is now, frozen, which the trainer then owns. */
  readonly reference?: ReferencePolicy<tf.Tensor>;
}

/** What it is made of. */
export interface OnPolicyParts {
  readonly policy: TrainablePolicy<tf.Tensor>;
  /** What is trained of the policy, and what is left alone: the marks of the latter stay, for trainers to come. */
  readonly policyParameters: Readonly<Record<"trained" | "frozen", readonly Parameter<tf.Tensor>[]>>;
  readonly generator: Generator;
  readonly rewardModel: { readonly score: ScoreFunction };
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
  if (frozenLayers > policy.layerCount)
    throw new TrainingError("invalid-option", `frozenLayers is ${frozenLayers}; the policy has ${policy.layerCount} layers`);
  const policyParameters = parametersOf(policy, frozenLayers);
  if (policyParameters.trained.length === 0)
    throw new TrainingError("invalid-option", "no parameter of the policy is trainable; lower frozenLayers or unfreeze some of them");
  const reference = usesReference ? (given ?? policy.createReference()) : undefined;
  return {
    policy,
    policyParameters,
    generator: generator ?? policy,
    rewardModel: typeof rewardModel === "function" ? { score: rewardModel } : rewardModel,
    reference,
    dispose() {
      if (given === undefined) reference?.dispose();
    },
  };
}

function parametersOf({ parameters }: TrainablePolicy<tf.Tensor>, frozenLayers: number): OnPolicyParts["policyParameters"] {
  const all = [...parameters.values()];
  const isTrained = ({ trainable, layer }: Parameter<tf.Tensor>) => trainable && (frozenLayers === 0 || layer >= frozenLayers);
  return { trained: all.filter(isTrained), frozen: all.filter((parameter) => !isTrained(parameter)) };
}
