import { checkParts, type OptionTable, type PartSpec, type PartSpecs, trainOptionNames } from "@cai/training";
import { type PairSettings, resolvePairOptions } from "./pair-options.ts";

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
 * The settings of a trainer that is made of these options.
 *
 * @throws TrainingError `invalid-option`, PreferenceError `bad-option`.
 */
export function checkPairOptions<Settings extends PairSettings>(options: object, parts: PartSpecs, table: OptionTable<Settings>): Settings {
  const elsewhere = [...trainOptionNames.options, ...trainOptionNames.callbacks];
  return resolvePairOptions(table, checkParts(options, { parts, table, elsewhere }));
}
