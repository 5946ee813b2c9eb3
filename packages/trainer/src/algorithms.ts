import type { OptionTable } from "@cai/training";
import { type GrpoSettings, grpoOptions, type RlooSettings, resolveGroupOptions, rlooOptions } from "./grpo-options.ts";
import { GRPOTrainer } from "./grpo-trainer.ts";
import type { OnPolicyPartsGiven } from "./on-policy-parts.ts";
import type { OnPolicySettings, OnPolicyTrainer } from "./on-policy-trainer.ts";
import { type Hyperparameters, hyperparameterTable, resolveHyperparameters } from "./ppo-options.ts";
import type { StepResult } from "./ppo-step-result.ts";
import { PPOTrainer } from "./ppo-trainer.ts";
import { RLOOTrainer } from "./rloo-trainer.ts";

/** What every algorithm's step tells. */
export type OnPolicyStepResult = Pick<StepResult, "step" | "meanReward" | "klPerToken" | "tokens" | "metrics" | "samples">;

/** An algorithm by its options and its trainer, for whoever lets a user choose one by name. */
export interface Algorithm<Settings extends OnPolicySettings> {
  /** Every option that is plain data. */
  readonly table: OptionTable<Settings>;
  /** Fills in the defaults. Throws TrainingError `invalid-option`. */
  resolve(given: object): Settings;
  create(options: OnPolicyPartsGiven & Partial<Settings>): Promise<OnPolicyTrainer<Settings, OnPolicyStepResult>>;
}

/** The on-policy algorithms by the names that `cai train --algorithm` takes. */
export const algorithms = {
  ppo: { table: hyperparameterTable, resolve: resolveHyperparameters, create: PPOTrainer.create } satisfies Algorithm<Hyperparameters>,
  grpo: {
    table: grpoOptions,
    resolve: (given) => resolveGroupOptions(grpoOptions, given),
    create: GRPOTrainer.create,
  } satisfies Algorithm<GrpoSettings>,
  rloo: {
    table: rlooOptions,
    resolve: (given) => resolveGroupOptions(rlooOptions, given),
    create: RLOOTrainer.create,
  } satisfies Algorithm<RlooSettings>,
};

export type AlgorithmName = keyof typeof algorithms;
/** The settings of any of them. */
export type AlgorithmSettings = ReturnType<(typeof algorithms)[AlgorithmName]["resolve"]>;
