import type { SequenceBatch } from "@cai/contracts";
import { type ForwardPass, makeOptimizer, type OptionTable, openPass, type PassTensors, type TrainedTensors } from "@cai/training";
import type { GroupNumbers } from "./group-loss.ts";
import { type GroupSettings, resolveGroupOptions } from "./group-options.ts";
import {
  assembleOnPolicyParts,
  checkOnPolicyOptions,
  drawsAsPolicy,
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
    hasOwnGenerator: !drawsAsPolicy(given),
    trained: { models: { "policy.safetensors": common.policy.parameters }, optimizers },
    dispose() {
      for (const { adamW } of optimizers) adamW.dispose();
      common.dispose();
    },
  };
}

/** What a pass over some answers reads. */
interface Readings {
  readonly temperature: number;
  readonly entropy: boolean;
}

/** Log-probabilities at the sampling temperature (over kept tokens; for a KL the full ones too), and entropies where they are wanted. */
export function groupForward({ policy, reference }: GroupParts, rows: SequenceBatch, readings: Readings): PassTensors<GroupNumbers> {
  const drawnFrom = { keptTokens: rows.keptTokens, full: reference !== undefined };
  return policy.tokenLogprobs(policy.hiddenStates(rows), rows.responses, { ...readings, ...drawnFrom });
}

/** The same with a way back to what is trained. */
export function openGroupPass(parts: GroupParts, rows: SequenceBatch, readings: Readings): Promise<ForwardPass<GroupNumbers>> {
  const { trained: parameters, frozen } = parts.policyParameters;
  return openPass<GroupNumbers>({ batch: rows, parameters, frozen, forward: () => groupForward(parts, rows, readings) });
}
