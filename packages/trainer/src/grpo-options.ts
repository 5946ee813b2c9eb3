import { factorOrNone, type OptionTable } from "@cai/training";
import { type GroupSettings, groupOptions } from "./group-options.ts";

export interface GrpoSettings extends GroupSettings {
  scaleRewards: "group" | "batch" | "none";
  lossType: "grpo" | "dapo" | "dr_grpo" | "bnpo" | "cispo";
  importanceLevel: "token" | "sequence";
  entropyCoef: number;
  unbiasedKl: boolean;
}

/** Every option of GRPO once; names and defaults as in TRL 1.x where they exist. */
export const grpoOptions: OptionTable<GrpoSettings> = {
  ...groupOptions,
  epsilonHigh: { ...groupOptions.epsilonHigh, describe: "upper side of the clip, where it differs (0: epsilon); the cap of cispo" },
  scaleRewards: { default: "group", choices: ["group", "batch", "none"], describe: "which deviation advantages are divided by" },
  lossType: {
    default: "dapo",
    choices: ["grpo", "dapo", "dr_grpo", "bnpo", "cispo"],
    describe: "how token losses become one number; cispo: another surrogate",
  },
  importanceLevel: { default: "token", choices: ["token", "sequence"], describe: "one ratio a token, or a sequence (GSPO)" },
  entropyCoef: { default: 0, ...factorOrNone, describe: "weight of the entropy bonus" },
  unbiasedKl: {
    default: true,
    describe: "each token's KL is multiplied by its ratio, so that its gradient is that of KL(policy ‖ reference), as in DeepSeek-V3.2",
  },
};
