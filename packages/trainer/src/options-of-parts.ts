import { TrainerError } from "./error.ts";
import { type Hyperparameters, hyperparameterTable } from "./hyperparameters.ts";
import type { PPOTrainerOptions } from "./ppo-trainer-options.ts";

/**
 * Defaults that follow from the parts: responses leave half of a short context to the prompt, and a value model that is given shares the
 * policy's optimizer, as in TRL.
 */
export function defaultsForParts({ policy, valueModel }: Pick<PPOTrainerOptions, "policy" | "valueModel">): Partial<Hyperparameters> {
  const maxNewTokens = Math.min(hyperparameterTable.maxNewTokens.default, Math.floor(policy.contextLength / 2));
  return { maxNewTokens, ...(valueModel !== undefined && { valueLearningRate: 0 }) };
}

/** Refuses responses that leave no prompt any room. */
export function refuseLongResponses({ contextLength }: PPOTrainerOptions["policy"], { maxNewTokens }: Hyperparameters): void {
  if (maxNewTokens >= contextLength)
    throw new TrainerError(
      "invalid-option",
      `maxNewTokens is ${maxNewTokens}; expected less than the policy's context of ${contextLength}, which holds the prompt too`,
    );
}
