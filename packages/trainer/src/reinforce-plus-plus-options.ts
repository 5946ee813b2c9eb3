import type { OptionTable } from "@cai/training";
import { type GroupSettings, groupOptions } from "./group-options.ts";

export interface ReinforcePlusPlusSettings extends GroupSettings {
  gamma: number;
  klPlacement: "reward" | "loss";
}

/** Every option of REINFORCE++ once; defaults as in the paper and its OpenRLHF. */
export const reinforcePlusPlusOptions: OptionTable<ReinforcePlusPlusSettings> = {
  ...groupOptions,
  numGenerations: {
    default: 1,
    integer: true,
    min: 1,
    describe: "answers a prompt (from 2 on: scores are taken less their group's mean)",
  },
  beta: { ...groupOptions.beta, default: 0.01 },
  gamma: { default: 1, min: 0, max: 1, describe: "discount" },
  klPlacement: {
    default: "reward",
    choices: ["reward", "loss"],
    describe: "where the KL acts: its estimator k1 in every token's reward, or k2 in the loss",
  },
};
