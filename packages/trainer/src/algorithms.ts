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

/** What every algorithm's step tells. */
export interface OnPolicyStepResult extends StepReport {
  readonly meanReward: number;
  /** NaN where nothing is measured against a reference. */
  readonly klPerToken: number;
  /** Response tokens. */
  readonly tokens: number;
}

/** Options by name, of an algorithm that is known only when it runs. */
type Options = Readonly<Record<string, number | string | boolean | readonly number[] | readonly string[]>>;

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
  create(options: OnPolicyPartsGiven & Partial<OnPolicySettings>): Promise<OnPolicyTrainer<OnPolicySettings, OnPolicyStepResult>>;
}

/**
 * All of them by the names that `cai train --algorithm` takes.
 *
 * @example
 * Object.keys(algorithms); // [ "ppo", "grpo", "rloo", "reinforce++" ]
 * const { meanReward } = await (await algorithms.grpo.create({ policy, rewardModel })).trainStep(prompts);
 */
export const algorithms = {
  ppo: { table: hyperparameterTable, resolve: resolveHyperparameters, create: PPOTrainer.create },
  grpo: { table: grpoOptions, resolve: (given) => resolveGroupOptions(grpoOptions, given), create: GRPOTrainer.create },
  rloo: { table: rlooOptions, resolve: (given) => resolveGroupOptions(rlooOptions, given), create: RLOOTrainer.create },
  "reinforce++": {
    table: reinforcePlusPlusOptions,
    resolve: (given) => resolveGroupOptions(reinforcePlusPlusOptions, given),
    create: ReinforcePlusPlusTrainer.create,
  },
} satisfies Record<string, Algorithm>;

export type AlgorithmName = keyof typeof algorithms;
/** What any of them resolves to. */
export type AlgorithmSettings = ReturnType<(typeof algorithms)[AlgorithmName]["resolve"]>;
