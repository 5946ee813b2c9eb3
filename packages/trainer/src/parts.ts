import type { Generator, Parameter, ReferencePolicy, ScoreFunction, TrainablePolicy } from "@cai/contracts";
import { adaptiveKlController, fixedKlController, type KlController } from "@cai/kl";
import { AdamW, learningRateAt } from "@cai/optim";
import { sharedTrunkValueModel, ValueHead, type ValueModel } from "@cai/value-head";
import type * as tf from "@tensorflow/tfjs-core";
import { TrainerError } from "./error.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { PPOTrainerOptions } from "./ppo-trainer-options.ts";
import type { OptimizerGroup } from "./update.ts";

/** What a trainer is made of. */
export interface Parts {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly generator: Generator;
  readonly rewardModel: { readonly score: ScoreFunction };
  readonly reference: ReferencePolicy<tf.Tensor>;
  readonly valueModel: ValueModel;
  /** One for everything, or one for the policy and one for the value model. */
  readonly optimizers: readonly Optimizer[];
  /** Largest importance weight; 0: none. */
  readonly importanceCap: number;
  /** Disposes of the parts that were made here, not of those that were handed in. */
  dispose(): void;
}

/** An optimizer and what it updates; `learningRate` is its base. */
export interface Optimizer {
  readonly adamW: AdamW;
  readonly parameters: readonly Parameter<tf.Tensor>[];
  readonly learningRate: number;
}

/** Takes the parts that are given and makes the others. */
export function assembleParts(given: PPOTrainerOptions, options: Hyperparameters): Parts {
  const { policy, rewardModel } = given;
  if (options.frozenLayers > policy.layerCount)
    throw new TrainerError("invalid-option", `frozenLayers is ${options.frozenLayers}; the policy has ${policy.layerCount} layers`);
  if (trainedParameters(policy, options).length === 0)
    throw new TrainerError("invalid-option", "no parameter of the policy is trainable; lower frozenLayers or unfreeze some of them");
  const reference = given.reference ?? policy.createReference();
  const valueModel = given.valueModel ?? sharedTrunkValueModel({ head: ValueHead.create({ hiddenSize: policy.hiddenSize }) });
  const optimizers = makeOptimizers(policy, valueModel, options);
  return {
    policy,
    generator: given.generator ?? policy,
    rewardModel: typeof rewardModel === "function" ? { score: rewardModel } : rewardModel,
    reference,
    valueModel,
    optimizers,
    importanceCap: options.importanceCap || (given.generator === undefined ? 0 : 2),
    dispose() {
      for (const { adamW } of optimizers) adamW.dispose();
      if (given.valueModel === undefined) valueModel.dispose();
      if (given.reference === undefined) reference.dispose();
    },
  };
}

/** β as it moves: fixed, or following the KL (Ziegler et al. 2019). */
export function makeKlController({ klController, klCoef, klTarget, klHorizon }: Hyperparameters): KlController {
  if (klController === "fixed") return fixedKlController({ coefficient: klCoef });
  return adaptiveKlController({ coefficient: klCoef, target: klTarget, horizon: klHorizon });
}

/** The optimizers with the learning rates of a step, counted from 1. */
export function optimizerGroups(
  optimizers: readonly Optimizer[],
  step: number,
  totalSteps: number,
  options: Hyperparameters,
): OptimizerGroup[] {
  const { schedule, warmupSteps } = options;
  return optimizers.map(({ adamW, parameters, learningRate }) => ({
    optimizer: adamW,
    parameters,
    learningRate: learningRateAt({ schedule, base: learningRate, step: step - 1, totalSteps, warmupSteps }),
  }));
}

function makeOptimizers(policy: TrainablePolicy<tf.Tensor>, valueModel: ValueModel, options: Hyperparameters): Optimizer[] {
  const policyParameters = trainedParameters(policy, options);
  const valueParameters = [...valueModel.parameters.values()].filter(({ trainable }) => trainable);
  const optimizer = (parameters: Parameter<tf.Tensor>[], learningRate: number): Optimizer => {
    const { adamBeta1: beta1, adamBeta2: beta2, adamEpsilon: epsilon, weightDecay } = options;
    return { parameters, learningRate, adamW: new AdamW({ parameters, beta1, beta2, epsilon, weightDecay }) };
  };
  if (options.valueLearningRate === 0) return [optimizer([...policyParameters, ...valueParameters], options.learningRate)];
  return [optimizer(policyParameters, options.learningRate), optimizer(valueParameters, options.valueLearningRate)];
}

/** Those of the policy that this trainer trains: the others keep their marks, for trainers to come. */
function trainedParameters({ parameters }: TrainablePolicy<tf.Tensor>, { frozenLayers }: Hyperparameters): Parameter<tf.Tensor>[] {
  return [...parameters.values()].filter(({ trainable, layer }) => trainable && (frozenLayers === 0 || layer >= frozenLayers));
}
