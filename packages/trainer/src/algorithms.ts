import type { OptionTable, StepReport } from "@cai/training";
import { resolveGroupOptions } from "./group-options.ts";
import { grpoOptions } from "./grpo-options.ts";
import { GRPOTrainer } from "./grpo-trainer.ts";
import type { OnPolicyPartsGiven } from "./on-policy-parts.ts";
import type { OnPolicySettings, OnPolicyTrainer } from "./on-policy-trainer.ts";
import { hyperparameterTable, resolveHyperparameters } from "./ppo-options.ts";
import { PPOTrainer } from "./ppo-trainer.ts";
import { reinforcePlusPlusOptions } from "./reinforce-plus-plus-options.ts";
import { ReinforcePlusPlusTrainer } from "./reinforce-plus-plus-trainer.ts";
import { rlooOptions } from "./rloo-options.ts";
import { RLOOTrainer } from "./rloo-trainer.ts";

/** Options by name, of an algorithm that is known only when it runs. */
type Options = Readonly<Record<string, number | string | boolean>>;

/** A trainer that learns from its own responses, to those who learn its name only when they run. */
export interface Algorithm {
  /** Every option that is plain data. */
  readonly table: OptionTable<Options>;
  /**
   * Fills in the defaults.
   *
   * @throws TrainingError `invalid-option`, naming the option, what was given and what is allowed.
   */
  resolve(given: Options): OnPolicySettings;
  /**
   * @param options the parts, and what `resolve` gave.
   * @throws TrainingError `invalid-option`, before any part is made.
   */
  create(
    options: OnPolicyPartsGiven & Partial<OnPolicySettings>,
  ): Promise<OnPolicyTrainer<OnPolicySettings, StepReport & { readonly tokens: number }>>;
}

/**
 * All of them by the names that `cai train --algorithm` takes.
 *
 * @example
 * Object.keys(trainers); // [ "ppo", "grpo", "rloo", "reinforce++" ]
 * const { meanReward } = await (await trainers.grpo.create({ policy, rewardModel })).trainStep(prompts);
 */
export const trainers = {
  ppo: { table: hyperparameterTable, resolve: resolveHyperparameters, create: PPOTrainer.create },
  grpo: { table: grpoOptions, resolve: (given) => resolveGroupOptions(grpoOptions, given), create: GRPOTrainer.create },
  rloo: { table: rlooOptions, resolve: (given) => resolveGroupOptions(rlooOptions, given), create: RLOOTrainer.create },
  "reinforce++": {
    table: reinforcePlusPlusOptions,
    resolve: (given) => resolveGroupOptions(reinforcePlusPlusOptions, given),
    create: ReinforcePlusPlusTrainer.create,
  },
} satisfies Record<string, Algorithm>;
