import type { SequenceBatch } from "@cai/contracts";
import { adaptiveKlController, fixedKlController, type KlController } from "@cai/kl";
import type { ImportanceCorrection } from "@cai/ppo-loss";
import {
  type ForwardPass,
  type Json,
  makeOptimizer,
  type Optimizer,
  openPass,
  type PartSpecs,
  type PassTensors,
  stateNumbers,
  type TrainedTensors,
} from "@cai/training";
import { sharedTrunkValueModel, ValueHead, type ValueModel } from "@cai/value-head";
import {
  assembleOnPolicyParts,
  checkOnPolicyOptions,
  drawsAsPolicy,
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

/** The same where whole distributions are compared. */
const partSpecsOfExactKl: PartSpecs = {
  ...ppoPartSpecs,
  policy: { ...ppoPartSpecs.policy!, methods: [...ppoPartSpecs.policy!.methods, "logits"] },
  reference: { methods: ["logprobs", "hiddenStates", "logits"], expected: `${reference.expected}, for klEstimator "full"` },
};

/** @throws as `checkOnPolicyOptions`. */
export function checkPpoOptions(options: PPOTrainerOptions): Hyperparameters {
  // A value model that is given shares the policy's optimizer, as in TRL.
  const shared = options?.valueModel !== undefined && { valueLearningRate: 0 };
  const parts = options?.klEstimator === "full" ? partSpecsOfExactKl : ppoPartSpecs;
  return checkOnPolicyOptions(options, { parts, table: hyperparameterTable }, (given) => resolveHyperparameters({ ...shared, ...given }));
}

/** What it is made of. */
export interface Parts extends OnPolicyParts {
  readonly valueModel: ValueModel;
  /** What tokens weigh that another engine drew; a cap of 0: as much as others. */
  readonly importance: { readonly correction: ImportanceCorrection; readonly cap: number };
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
    importance: {
      correction: options.importanceCorrection,
      cap: options.importanceCap || (drawsAsPolicy(given) ? 0 : 2),
    },
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

/**
 * β as it moves: fixed, or following the KL (Ziegler et al. 2019).
 *
 * @param stored of a checkpoint: how far β has moved there, and the `klCoef` that it began at. With another `klCoef` it begins there anew.
 * @throws TrainingError `invalid-state`, KlError for what is stored and no β.
 */
export function makeKlController(
  { klController, klCoef, klTarget, klHorizon }: Hyperparameters,
  stored?: { readonly klController: Json | undefined; readonly klCoef: Json | undefined },
): KlController {
  const moved = stored && stateNumbers("klController", stored.klController, ["coefficient"]);
  const goesOn = stored?.klCoef === undefined || stored.klCoef === klCoef; // older versions stored none
  const coefficient = moved && goesOn && klController === "adaptive" ? moved.coefficient : klCoef;
  return klController === "fixed"
    ? fixedKlController({ coefficient })
    : adaptiveKlController({ coefficient, target: klTarget, horizon: klHorizon });
}

/**
 * The tensors of one pass over the trunk: log-probabilities at the sampling temperature (over kept tokens, the full ones too), values, and
 * entropies where they are paid for.
 */
export function forward(
  { policy, valueModel }: Models,
  rows: SequenceBatch,
  { temperature, entropyCoef }: Pick<Hyperparameters, "temperature" | "entropyCoef">,
): PassTensors<PpoNumbers> {
  const hidden = policy.hiddenStates(rows);
  const { keptTokens } = rows;
  const read = policy.tokenLogprobs(hidden, rows.responses, { temperature, entropy: entropyCoef > 0, keptTokens, full: true });
  return { ...read, values: valueModel.values(rows, hidden) };
}

/** The same with a way back to what these optimizers train. */
export function openPpoPass(
  parts: Parts,
  rows: SequenceBatch,
  options: Hyperparameters,
  optimizers: readonly Optimizer[] = parts.trained.optimizers,
): Promise<ForwardPass<PpoNumbers>> {
  const parameters = optimizers.flatMap((optimizer) => optimizer.parameters);
  const frozen = [...parts.policy.parameters.values()].filter((parameter) => !parameters.includes(parameter));
  return openPass({ batch: rows, parameters, frozen, forward: () => forward(parts, rows, options) });
}
