import { countOrNone, type OptionTable } from "./option-table.ts";

/** How far a policy may go before its run stops, or tells. */
export interface GuardSettings {
  maxKl: number;
  minEntropy: number;
  equalRewardSteps: number;
}

/** Those of trainers that learn from scored responses of their own. */
export const guardOptions: OptionTable<GuardSettings> = {
  maxKl: { default: 0, min: 0, describe: "KL to the reference, in nats a token, above which the run stops after the step (0: never)" },
  minEntropy: {
    default: 0,
    min: 0,
    describe: "mean of −log-probability of the drawn tokens, in nats, below which the run stops after the step (0: never)",
  },
  equalRewardSteps: {
    default: 5,
    ...countOrNone,
    describe: "steps in a row whose scores don't differ from those that they are compared with, after which a line tells so (0: never)",
  },
};
