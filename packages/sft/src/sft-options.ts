import type { TrainablePolicy } from "@cai/contracts";
import {
  type BatchSettings,
  batchOptions,
  checkParts,
  count,
  countOrNone,
  type OptimizerSettings,
  type OptionTable,
  optimizerOptions,
  type PartSpec,
  type RunSettings,
  refuseUnevenBatches,
  resolveOptions,
  runOptions,
  trainOptionNames,
} from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";

/** What shapes supervised fine-tuning and is plain data. */
export interface SftSettings extends RunSettings, Omit<BatchSettings, "minibatchSize">, OptimizerSettings {
  maxLength: number;
  packing: boolean;
  completionOnlyLoss: boolean;
  assistantOnlyLoss: boolean;
}

const { minibatchSize: _, ...batches } = batchOptions;

/** Every option once; names and defaults as in TRL 1.x where they exist. */
export const sftOptions: OptionTable<SftSettings> = {
  ...runOptions,
  steps: { ...runOptions.steps, default: 0, ...countOrNone, describe: "steps of the whole run (0: as many as the epochs take)" },
  ...batches,
  batchSize: { default: 8, ...count, describe: "examples a step; with packing: packs" },
  epochs: { default: 3, ...count, describe: "passes over the data, where steps is 0" },
  microbatchSize: {
    ...batches.microbatchSize,
    describe: "examples or packs a forward and backward pass; gradients add up (0: all of a step)",
  },
  ...optimizerOptions,
  learningRate: { ...optimizerOptions.learningRate, default: 2e-5 },
  schedule: { ...optimizerOptions.schedule, default: "linear" },
  maxLength: {
    default: 0,
    ...countOrNone,
    describe: "tokens at which an example is cut (0: none is cut, and one that exceeds the context is refused)",
  },
  packing: {
    default: false,
    describe: "put examples together into packs of at most maxLength tokens (0: the context), which don't see each other",
  },
  completionOnlyLoss: { default: true, describe: "of a prompt and its completion, learn the completion alone" },
  assistantOnlyLoss: { default: false, describe: "of messages, learn the assistant's turns alone" },
};

/** What a trainer is given beside its options. */
export interface SftParts {
  /** Trained in place. The caller disposes of it after the trainer. */
  readonly policy: TrainablePolicy<tf.Tensor>;
}

/** The same, to whoever checks it. */
export const sftPartSpecs = {
  policy: {
    methods: ["hiddenStates", "tokenLogprobs", "parameters.values", "save"],
    expected: "a policy that can be trained, as loadPolicy of @cai/policy resolves to",
    required: true,
  },
} satisfies Record<keyof SftParts, PartSpec>;

/**
 * Fills in the defaults and refuses what is out of bounds.
 *
 * @throws TrainingError `invalid-option`
 */
export function resolveSftSettings(given: Partial<SftSettings>): SftSettings {
  const settings = resolveOptions(sftOptions, given);
  refuseUnevenBatches({ ...settings, minibatchSize: 0 });
  return settings;
}

/** The settings of a trainer that is made of these options; throws TrainingError for a name that is none and a part that is something else too. */
export function resolveSftOptions(options: SftParts & Partial<SftSettings>): SftSettings {
  const elsewhere = [...trainOptionNames.options, ...trainOptionNames.callbacks];
  return resolveSftSettings(checkParts(options, { parts: sftPartSpecs, table: sftOptions, elsewhere }));
}
