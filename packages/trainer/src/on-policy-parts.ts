import type { Generator, ReferencePolicy, RewardModel, ScoreFunction, TrainablePolicy } from "@cai/contracts";
import type { SamplingSettings } from "@cai/rollouts";
import { checkParts, type OptionTable, type PartSpec, type PartSpecs, type TrainedParameters, trainedParameters } from "@cai/training";
import type * as tf from "@tensorflow/tfjs-core";
import { onPolicyRunNames } from "./on-policy-run.ts";
import { defaultsForContext, refuseOtherModels } from "./options-of-parts.ts";

/** What every trainer that learns from its own responses is given. */
export interface OnPolicyPartsGiven {
  /** Trained in place. The caller disposes of it after the trainer. */
  readonly policy: TrainablePolicy<tf.Tensor>;
  /** A reward model, or a function that gives a finite number for each response, at once or later. */
  readonly rewardModel: RewardModel | ScoreFunction;
  /** What writes the responses. Default: the policy. */
  readonly generator?: Generator;
  /** What the KL is measured against. Default: the policy as it is now, frozen, which the trainer then owns. */
  readonly reference?: ReferencePolicy<tf.Tensor>;
}

/** The same, to whoever checks it. */
export const onPolicyPartSpecs = {
  policy: {
    methods: ["hiddenStates", "tokenLogprobs", "createReference", "parameters.values"],
    expected: "a policy that can be trained, as loadPolicy of @cai/policy resolves to",
    required: true,
  },
  rewardModel: {
    methods: ["score"],
    orFunction: true,
    expected: "a function that scores responses, or an object with such a score method",
    required: true,
  },
  generator: { methods: ["generate"], expected: "an object with a generate method" },
  reference: { methods: ["logprobs"], expected: "an object with a logprobs method, as policy.createReference() makes" },
} satisfies Record<keyof OnPolicyPartsGiven, PartSpec>;

/**
 * The settings of a trainer that is made of these options.
 *
 * @param resolve fills in what was not given.
 * @throws TrainingError `invalid-option` for a name that is none, a part that is missing or something else, and a setting that is out of
 *   bounds, contradicts another one, or doesn't fit the policy.
 */
export function checkOnPolicyOptions<Settings extends Pick<SamplingSettings, "maxNewTokens" | "stopTokenIds" | "stopTexts">>(
  options: OnPolicyPartsGiven,
  { parts, table }: { readonly parts: PartSpecs; readonly table: OptionTable<Settings> },
  resolve: (given: Partial<Settings> & { readonly maxNewTokens: number }) => Settings,
): Settings {
  const elsewhere = [...onPolicyRunNames.options, ...onPolicyRunNames.callbacks];
  const given = checkParts(options, { parts, table, elsewhere });
  const resolved = resolve({ ...defaultsForContext(options.policy), ...given });
  refuseOtherModels(options.policy, resolved);
  return resolved;
}

/** Whether responses are drawn in the numerics of the policy, here or elsewhere. */
export const drawsAsPolicy = ({ generator }: Pick<OnPolicyPartsGiven, "generator">): boolean =>
  generator === undefined || generator.drawsAsPolicy === true;

/** What it is made of. */
export interface OnPolicyParts {
  readonly policy: TrainablePolicy<tf.Tensor>;
  readonly policyParameters: TrainedParameters;
  readonly generator: Generator;
  readonly rewardModel: { readonly score: ScoreFunction };
  /** Missing where nothing is measured against it. */
  readonly reference: ReferencePolicy<tf.Tensor> | undefined;
  /** Disposes of the parts that were made here, not of those that were handed in. */
  dispose(): void;
}

/** Takes the parts that are given and makes the others. */
export function assembleOnPolicyParts(
  { policy, rewardModel, generator, reference: given }: OnPolicyPartsGiven,
  { frozenLayers, usesReference = true }: { readonly frozenLayers: number; readonly usesReference?: boolean },
): OnPolicyParts {
  const policyParameters = trainedParameters(policy, { frozenLayers });
  const reference = usesReference ? (given ?? policy.createReference({ onDisk: true })) : undefined;
  return {
    policy,
    policyParameters,
    generator: generator ?? policy,
    rewardModel: typeof rewardModel === "function" ? { score: rewardModel } : rewardModel,
    reference,
    dispose() {
      if (given === undefined) reference?.dispose();
    },
  };
}
