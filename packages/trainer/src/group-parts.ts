import type { SequenceBatch } from "@cai/contracts";
import { type ForwardPass, makeOptimizer, type OptionTable, openPass, type TrainedTensors } from "@cai/training";
import type { GroupNumbers } from "./group-loss.ts";
import { type GroupSettings, resolveGroupOptions } from "./group-options.ts";
import {
  assembleOnPolicyParts,
  checkOnPolicyOptions,
  type OnPolicyParts,
  type OnPolicyPartsGiven,
  onPolicyPartSpecs,
} from "./on-policy-parts.ts";

/** What trainers without a value model are made of. */
export interface GroupParts extends OnPolicyParts {
  readonly trained: TrainedTensors;
  /** Whether the responses are drawn by another engine than the policy, whose log-probabilities may differ. */
  readonly hasOwnGenerator: boolean;
}

/** @throws as `checkOnPolicyOptions`. */
export function checkGroupOptions<Settings extends GroupSettings>(
  options: OnPolicyPartsGiven & Partial<Settings>,
  table: OptionTable<Settings>,
): Settings {
  return checkOnPolicyOptions(options, { parts: onPolicyPartSpecs, table }, (given) => resolveGroupOptions(table, given));
}

/** Takes the parts that are given and makes the others; no reference where β is 0. */
export function assembleGroupParts(given: OnPolicyPartsGiven, options: GroupSettings): GroupParts {
  const common = assembleOnPolicyParts(given, { frozenLayers: options.frozenLayers, usesReference: options.beta > 0 });
  const optimizers = [makeOptimizer(common.policyParameters.trained, options)];
  return {
    ...common,
    hasOwnGenerator: given.generator !== undefined,
    trained: { models: { "policy.safetensors": common.policy.parameters }, optimizers },
    dispose() {
      for (const { adamW } of optimizers) adamW.dispose();
      common.dispose();
    },
  };
}

/** A pass over some answers: log-probabilities at the sampling temperature, and entropies where they are wanted. */
export function openGroupPass(
  { policy, policyParameters: { trained, frozen } }: GroupParts,
  rows: SequenceBatch,
  { temperature, entropy }: { readonly temperature: number; readonly entropy: boolean },
): Promise<ForwardPass<GroupNumbers>> {
  return openPass<GroupNumbers>({
    batch: rows,
    parameters: trained,
    frozen,
    forward: () => policy.tokenLogprobs(policy.hiddenStates(rows), rows.responses, { temperature, entropy }),
  });
}
