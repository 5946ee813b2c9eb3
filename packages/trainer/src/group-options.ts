import type { ImportanceCorrection } from "@cai/ppo-loss";
import { refuseCrossedLengths, type SamplingSettings, type ScoreSettings, samplingOptions, scoreOptions } from "@cai/rollouts";
import {
  type BatchSettings,
  batchOptions,
  count,
  countOrNone,
  factorOrNone,
  type GuardSettings,
  guardOptions,
  least,
  leastClip,
  type OptimizerSettings,
  type OptionTable,
  optimizerOptions,
  type RunSettings,
  refuseUnevenBatches,
  resolveOptions,
  runOptions,
  TrainingError,
} from "@cai/training";
import type { GrpoSettings } from "./grpo-options.ts";
import { maxApproxKl } from "./max-approx-kl.ts";
import { refuseStrongDecay } from "./refuse-strong-decay.ts";

/** What trainers without a value model share, which take several answers to one prompt, or one. */
export interface GroupSettings
  extends RunSettings,
    Omit<BatchSettings, "epochs">,
    SamplingSettings,
    OptimizerSettings,
    ScoreSettings,
    GuardSettings {
  numGenerations: number;
  numIterations: number;
  maxApproxKl: number;
  beta: number;
  epsilon: number;
  epsilonHigh: number;
  maskTruncated: boolean;
  importanceCorrection: ImportanceCorrection;
  importanceCap: number;
  redrawEqualGroups: number;
  overlongBuffer: number;
  overlongPenalty: number;
}

const { epochs: _, ...batchesOfAnswers } = batchOptions;

/** Their options; names and defaults as in TRL 1.x where they exist. */
export const groupOptions: OptionTable<GroupSettings> = {
  ...runOptions,
  ...batchesOfAnswers,
  batchSize: { ...batchOptions.batchSize, describe: "prompts a step" },
  minibatchSize: { ...batchOptions.minibatchSize, describe: "answers an optimizer step (0: all of the step's)" },
  ...samplingOptions,
  ...optimizerOptions,
  ...scoreOptions,
  ...guardOptions,
  numGenerations: { default: 8, integer: true, min: 2, describe: "answers a prompt, which are compared with each other" },
  numIterations: { default: 1, ...count, describe: "passes over each batch of answers" },
  maxApproxKl,
  beta: { default: 0, ...factorOrNone, describe: "weight of the KL to the reference (0: no reference is loaded)" },
  epsilon: { default: 0.2, min: leastClip, describe: "the ratio is clipped to 1 ± this, less than 1" },
  epsilonHigh: { default: 0, min: leastClip, zeroIsOff: true, describe: "upper side of the clip, where it differs (0: epsilon)" },
  maskTruncated: { default: false, describe: "answers cut at the length limit count for nothing in the loss" },
  importanceCorrection: {
    default: "token-truncate",
    choices: ["token-truncate", "token-mask", "sequence-truncate", "sequence-mask"],
    describe: "what becomes of exp(old − behaviour) above importanceCap, with a generator of one's own",
  },
  importanceCap: { default: 3, min: least, max: factorOrNone.max, describe: "largest importance weight" },
  redrawEqualGroups: { default: 0, ...countOrNone, describe: "how often groups whose scores are all equal are drawn again (0: never)" },
  overlongBuffer: { default: 0, ...countOrNone, describe: "the last tokens before maxNewTokens that cost more and more (0: off)" },
  overlongPenalty: { default: 1, ...factorOrNone, describe: "what a response at maxNewTokens loses of its score, with overlongBuffer" },
};

/**
 * Fills in the defaults of a table and refuses what is out of bounds or contradictory.
 *
 * @throws TrainingError `invalid-option`
 */
export function resolveGroupOptions<Settings extends GroupSettings>(table: OptionTable<Settings>, given: Partial<Settings>): Settings {
  const options = resolveOptions(table, given);
  const { batchSize, numGenerations, maxNewTokens, beta, epsilon, maxKl, overlongBuffer, redrawEqualGroups } = options;
  refuseUnevenBatches({ ...options, batchSize: batchSize * numGenerations });
  refuseCrossedLengths(options);
  refuseStrongDecay(options.weightDecay, options.learningRate);
  const refuse = (message: string) => {
    throw new TrainingError("invalid-option", message);
  };
  if (epsilon >= 1) refuse(`epsilon is ${epsilon}; expected less than 1, the ratio is clipped to 1 ± epsilon`);
  if (maxKl > 0 && beta === 0) refuse(`maxKl is ${maxKl}, and beta 0: no KL is measured without a reference; give beta a number above 0`);
  if (overlongBuffer > maxNewTokens) refuse(`overlongBuffer ${overlongBuffer} exceeds maxNewTokens ${maxNewTokens}`);
  const { lossType, importanceLevel } = options as Partial<GrpoSettings>;
  if (lossType === "cispo" && importanceLevel === "sequence")
    refuse("importanceLevel is sequence; expected token with lossType cispo, which weighs each token by a ratio of its own");
  if (redrawEqualGroups > 0 && numGenerations === 1)
    refuse(`redrawEqualGroups is ${redrawEqualGroups}; expected 0 with numGenerations 1, since a single score equals itself`);
  return options;
}
