import {
  batchOptions,
  count,
  countOrNone,
  type OptimizerSettings,
  type OptionTable,
  optimizerOptions,
  type RunSettings,
  refuseUnevenBatches,
  resolveOptions,
  runOptions,
} from "@cai/training";
import { checkDpoOptions, type DpoLossType, dpoLossTypes } from "./dpo-loss.ts";

/** What trainers on pairs share. */
export interface PairSettings extends RunSettings, OptimizerSettings {
  batchSize: number;
  microbatchSize: number;
  epochs: number;
  maxLength: number;
}

const pairOptions: OptionTable<PairSettings> = {
  ...runOptions,
  steps: { default: 0, ...countOrNone, describe: "steps of the whole run (0: as many as epochs passes over the pairs take)" },
  batchSize: { ...batchOptions.batchSize, default: 8, describe: "pairs a step" },
  microbatchSize: { ...batchOptions.microbatchSize, describe: "pairs a forward and backward pass; gradients add up (0: the whole batch)" },
  epochs: { default: 3, ...count, describe: "passes over the pairs, where steps is 0" },
  ...optimizerOptions,
  schedule: { ...optimizerOptions.schedule, default: "linear" },
  maxLength: {
    default: 0,
    ...countOrNone,
    describe: "tokens at which a prompt with its answer is cut (0: none is cut, and one that exceeds the context is refused)",
  },
};

/** What is DPO's own among its options. */
interface DpoOwnSettings {
  lossType: DpoLossType;
  beta: number;
  labelSmoothing: number;
}

export interface DpoSettings extends PairSettings, DpoOwnSettings {}

/** Every option of DPO once; names and defaults as in TRL 1.x. */
export const dpoOptions: OptionTable<DpoSettings> = {
  ...pairOptions,
  learningRate: { ...optimizerOptions.learningRate, default: 1e-6 },
  lossType: {
    default: "sigmoid",
    choices: dpoLossTypes,
    describe: "what a pair's lead is worth; sigmoid_norm, ipo: leads are means over tokens",
  },
  beta: { default: 0.1, min: 0, exclusiveMin: true, describe: "how strongly the reference holds" },
  labelSmoothing: { default: 0, min: 0, max: 0.499, describe: "share of the labels that are taken to be wrong; robust corrects for them" },
};

/** What is reward training's own among its options. */
interface RewardOwnSettings {
  centerRewardsCoefficient: number;
  int8: boolean;
}

export interface RewardSettings extends PairSettings, RewardOwnSettings {}

/** Every option of reward training once; names and defaults as in TRL 1.x. */
export const rewardOptions: OptionTable<RewardSettings> = {
  ...pairOptions,
  learningRate: { ...optimizerOptions.learningRate, default: 1e-4 },
  maxLength: {
    ...pairOptions.maxLength,
    describe:
      "tokens of a prompt with its answer; what is longer loses its beginning, also when the model serves (0: what its context holds)",
  },
  centerRewardsCoefficient: {
    default: 0,
    min: 0,
    max: 1e9,
    describe: "weight of the squared sum of a pair's scores, which holds them around 0",
  },
  int8: { default: false, describe: "also write model_quantized.onnx, in int8" },
};

/**
 * Fills in the defaults and refuses what is out of bounds.
 *
 * @throws TrainingError `invalid-option`; PreferenceError `bad-option` for options of the loss that contradict each other.
 */
export function resolveDpoSettings(given: Partial<DpoSettings>): DpoSettings {
  const options = resolvePairSettings(dpoOptions, given);
  checkDpoOptions(options);
  return options;
}

/** The same of reward training. */
export function resolveRewardSettings(given: Partial<RewardSettings>): RewardSettings {
  return resolvePairSettings(rewardOptions, given);
}

function resolvePairSettings<Settings extends PairSettings>(table: OptionTable<Settings>, given: Partial<Settings>): Settings {
  const options = resolveOptions(table, given);
  refuseUnevenBatches({ ...options, minibatchSize: 0 });
  return options;
}

/** Steps of a run over so many pairs. */
export function stepsOver(pairs: number, { steps, epochs, batchSize }: PairSettings): number {
  return steps || Math.ceil((epochs * pairs) / batchSize);
}
