import type { SequenceBatch } from "@cai/contracts";
import { adaptiveKlController, fixedKlController, type KlController } from "@cai/kl";
import {
  type ForwardPass,
  makeOptimizer,
  type Optimizer,
  openPass,
  type PartSpecs,
  type PassTensors,
  type TrainedTensors,
} from "@cai/training";
import { sharedTrunkValueModel, ValueHead, type ValueModel } from "@cai/value-head";
import {
  assembleOnPolicyParts,
  checkOnPolicyOptions,
  type OnPolicyParts,
  type OnPolicyPartsGiven,
  onPolicyPartSpecs,
} from "./on-policy-parts.ts";
import { type Hyperparameters, hyperparameterTable, resolveHyperparameters } from "./ppo-options.ts";
import type { PpoNumbers } from "./ppo-step-loss.ts";

/** What a PPO trainer is given: its parts, and any hyperparameter that shall differ from its default (`hyperparameterTable`). */
export interface PPOTrainerOptions extends OnPolicyPartsGiven, Partial<Hyperparameters> {
  /** Default: a zero-initialised head on the policy's trunk, which the trainer then owns and trains at `valueLearningRate`. */
  readonly valueModel?: ValueModel;
}

const { policy, reference, ...beforeReference } = onPolicyPartSpecs;

/** The same, to whoever checks it. */
export const ppoPartSpecs: PartSpecs = {
  policy: { ...policy, methods: [...policy.methods, "lastHiddenStates"] },
  ...beforeReference,
  valueModel: {
    methods: ["values", "lastValues", "parameters.values"],
    expected: "a value model, as sharedTrunkValueModel of @cai/value-head makes",
  },
  reference,
};

/** @throws as `checkOnPolicyOptions`. */
export function checkPpoOptions(options: PPOTrainerOptions): Hyperparameters {
  // A value model that is given shares the policy's optimizer, as in TRL.
  const shared = options?.valueModel !== undefined && { valueLearningRate: 0 };
  return checkOnPolicyOptions(options, { parts: ppoPartSpecs, table: hyperparameterTable }, (given) =>
    resolveHyperparameters({ ...shared, ...given }),
  );
}

/** What it is made of. */
export interface Parts extends OnPolicyParts {
  readonly valueModel: ValueModel;
  /** Largest importance weight; 0: none. */
  readonly importanceCap: number;
  readonly trained: TrainedTensors;
}

/** The parts that a forward pass runs through. */
export type Models = Pick<Parts, "policy" | "valueModel">;

/** Takes the parts that are given and makes the others. */
export function assembleParts(given: PPOTrainerOptions, options: Hyperparameters): Parts {
  const common = assembleOnPolicyParts(given, options);
  const { policy } = common;
  const valueModel = given.valueModel ?? sharedTrunkValueModel({ head: ValueHead.create({ hiddenSize: policy.hiddenSize }) });
  const optimizers = makeOptimizers(common.policyParameters.trained, valueModel, options);
  const models = { "policy.safetensors": policy.parameters, "value.safetensors": valueModel.parameters };
  return {
    ...common,
    importanceCap: options.importanceCap || (given.generator === undefined ? 0 : 2),
    valueModel,
    trained: { models, optimizers },
    dispose() {
      for (const { adamW } of optimizers) adamW.dispose();
      if (given.valueModel === undefined) valueModel.dispose();
      common.dispose();
    },
  };
}

/** One for everything, or one for the policy and one for the value model. */
function makeOptimizers(
  ofPolicy: OnPolicyParts["policyParameters"]["trained"],
  valueModel: ValueModel,
  options: Hyperparameters,
): Optimizer[] {
  const ofValues = valueModel.parameters.values();
  if (options.valueLearningRate === 0) return [makeOptimizer([...ofPolicy, ...ofValues], options)];
  return [makeOptimizer(ofPolicy, options), makeOptimizer(ofValues, { ...options, learningRate: options.valueLearningRate })];
}

/** β as it moves: fixed, or following the KL (Ziegler et al. 2019). */
export function makeKlController({ klController, klCoef, klTarget, klHorizon }: Hyperparameters): KlController {
  if (klController === "fixed") return fixedKlController({ coefficient: klCoef });
  return adaptiveKlController({ coefficient: klCoef, target: klTarget, horizon: klHorizon });
}

/** The tensors of one pass over the trunk: log-probabilities at the sampling temperature, values, and entropies where they are paid for. */
export function forward(
  { policy, valueModel }: Models,
  rows: SequenceBatch,
  { temperature, entropyCoef }: Pick<Hyperparameters, "temperature" | "entropyCoef">,
): PassTensors<PpoNumbers> {
  const hidden = policy.hiddenStates(rows);
  const read = policy.tokenLogprobs(hidden, rows.responses, { temperature, entropy: entropyCoef > 0 });
  return { ...read, values: valueModel.values(rows, hidden) };
}

/** The same with a way back to everything that is trained. */
export function openPpoPass(parts: Parts, rows: SequenceBatch, options: Hyperparameters): Promise<ForwardPass<PpoNumbers>> {
  const parameters = parts.trained.optimizers.flatMap((optimizer) => optimizer.parameters);
  const { frozen } = parts.policyParameters;
  return openPass({ batch: rows, parameters, frozen, forward: () => forward(parts, rows, options) });
}
