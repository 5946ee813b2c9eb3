import type { OptionTable } from "@cai/training";
import { type GroupSettings, groupOptions } from "./group-options.ts";

export interface RlooSettings extends GroupSettings {
  normalizeAdvantages: boolean;
}

/** Every option of RLOO once; names and defaults as in TRL 1.x where they exist. */
export const rlooOptions: OptionTable<RlooSettings> = {
  ...groupOptions,
  numGenerations: { ...groupOptions.numGenerations, default: 2 },
  beta: { ...groupOptions.beta, default: 0.05, describe: "weight of the KL to the reference, taken off the reward" },
  normalizeAdvantages: { default: false, describe: "advantages are whitened over the batch" },
};
