import { checkParts, type PartSpec, trainOptionNames } from "@cai/training";
import {
  type DpoSettings,
  dpoOptions,
  type RewardSettings,
  resolveDpoSettings,
  resolveRewardSettings,
  rewardOptions,
} from "./pair-options.ts";

const elsewhere = [...trainOptionNames.options, ...trainOptionNames.callbacks];

/** The parts of a DPO trainer, to whoever checks them. */
export const dpoPartSpecs = {
  policy: {
    methods: ["hiddenStates", "tokenLogprobs", "createReference", "parameters.values"],
    expected: "a policy that can be trained, as loadPolicy of @cai/policy resolves to",
    required: true,
  },
  reference: { methods: ["logprobs"], expected: "an object with a logprobs method, as policy.createReference() makes" },
} satisfies Record<string, PartSpec>;

/** The same of a reward trainer. */
export const rewardPartSpecs = {
  policy: {
    methods: ["lastHiddenStates", "hiddenParameters.values", "parts.parameters.values"],
    expected: "a policy to make a reward model of, as loadPolicy of @cai/policy resolves to",
    required: true,
  },
} satisfies Record<string, PartSpec>;

/**
 * The options of DPO among what a trainer is made of, filled in.
 *
 * @throws TrainingError `invalid-option`, PreferenceError `bad-option`.
 */
export function checkDpoTrainer(options: object): DpoSettings {
  return resolveDpoSettings(checkParts(options, { parts: dpoPartSpecs, table: dpoOptions, elsewhere }));
}

/** The same of reward training. */
export function checkRewardTrainer(options: object): RewardSettings {
  return resolveRewardSettings(checkParts(options, { parts: rewardPartSpecs, table: rewardOptions, elsewhere }));
}
