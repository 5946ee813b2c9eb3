import { type KlEstimator, leastKlHorizon } from "@cai/kl";
import type { ImportanceCorrection } from "@cai/ppo-loss";
import { refuseCrossedLengths, type SamplingSettings, type ScoreSettings, samplingOptions, scoreOptions } from "@cai/rollouts";
import {
  type BatchSettings,
  batchOptions,
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
import { maxApproxKl } from "./max-approx-kl.ts";
import { refuseStrongDecay } from "./refuse-strong-decay.ts";

/** What is PPO's own among its options. */
interface PpoOwnSettings {
  gamma: number;
  lambda: number;
  lambdaAlpha: number;
  valueLambda: number;
  bootstrapTruncated: boolean;
  clipRange: number;
  clipRangeHigh: number;
  dualClip: number;
  logRatioClamp: number;
  importanceCorrection: ImportanceCorrection;
  importanceCap: number;
  aggregation: "token-mean" | "seq-mean-token-mean" | "seq-mean-token-sum" | "constant";
  aggregationDivisor: number;
  entropyCoef: number;
  maxApproxKl: number;
  valueLossCoef: number;
  valueClipRange: number;
  valueLearningRate: number;
  valueWarmupSteps: number;
  klCoef: number;
  klEstimator: KlEstimator | "full";
  klPlacement: "reward" | "loss";
  klController: "fixed" | "adaptive";
  klTarget: number;
  klHorizon: number;
  rewardWhitening: boolean;
}

/** What shapes PPO and is plain data: saved in `config.json`, given as flags to `cai train`. */
export interface Hyperparameters
  extends RunSettings,
    BatchSettings,
    SamplingSettings,
    OptimizerSettings,
    ScoreSettings,
    GuardSettings,
    PpoOwnSettings {}

const ownOptions: OptionTable<PpoOwnSettings> = {
  gamma: { default: 0.99, min: 0, max: 1, describe: "discount" },
  lambda: { default: 0.95, min: 0, max: 1, describe: "GAE's λ" },
  lambdaAlpha: {
    default: 0,
    ...factorOrNone,
    describe: "α of a λ that grows with the response's length l, 1 − 1/(α·l), in place of lambda (0: off)",
  },
  valueLambda: {
    default: 0,
    min: least,
    max: 1,
    zeroIsOff: true,
    describe: "λ of the returns that the value model learns, where it differs from that of the advantages (0: the same)",
  },
  bootstrapTruncated: { default: false, describe: "responses cut at the length limit continue with the value of their last token" },
  clipRange: { default: 0.2, min: leastClip, describe: "the ratio is clipped to 1 ± this" },
  clipRangeHigh: { default: 0, min: leastClip, zeroIsOff: true, describe: "upper side of the clip, where it differs (0: clipRange)" },
  dualClip: {
    default: 0,
    min: 1,
    exclusiveMin: true,
    zeroIsOff: true,
    describe: "bound of the loss where the advantage is negative, more than 1 (0: off)",
  },
  logRatioClamp: { default: 0, min: leastClip, zeroIsOff: true, describe: "log-ratios are clamped to ± this (0: off)" },
  importanceCorrection: {
    default: "token-truncate",
    choices: ["token-truncate", "token-mask", "sequence-truncate", "sequence-mask"],
    describe: "what becomes of exp(old − behaviour), of a token or a sequence, above importanceCap",
  },
  importanceCap: {
    default: 0,
    ...factorOrNone,
    describe: "largest importance weight exp(old − behaviour) (0: 2 with a generator of one's own, else off)",
  },
  aggregation: {
    default: "token-mean",
    choices: ["token-mean", "seq-mean-token-mean", "seq-mean-token-sum", "constant"],
    describe: "how token losses become one number",
  },
  aggregationDivisor: {
    default: 0,
    min: 1e-9,
    max: 1e30,
    zeroIsOff: true,
    describe: "what the sum is divided by under the aggregation 'constant'",
  },
  entropyCoef: { default: 0, ...factorOrNone, describe: "weight of the entropy bonus" },
  maxApproxKl,
  valueLossCoef: { default: 0.5, ...factorOrNone, describe: "weight of the value loss" },
  valueClipRange: { default: 0.2, min: least, zeroIsOff: true, describe: "values are clipped to the old ones ± this in the loss (0: off)" },
  valueLearningRate: {
    default: 1e-4,
    min: least,
    max: 1e3,
    zeroIsOff: true,
    describe:
      "learning rate of an optimizer of its own for the value model (0: one for both, the default with a value model that is given)",
  },
  valueWarmupSteps: { default: 0, ...countOrNone, describe: "first steps, in which the value model alone is trained" },
  klCoef: { default: 0.1, ...factorOrNone, describe: "β, weight of the KL penalty" },
  klEstimator: {
    default: "k1",
    choices: ["k1", "k2", "k3", "abs", "full"],
    describe: "estimator of the KL a token; full: the exact KL over the vocabulary",
  },
  klPlacement: { default: "reward", choices: ["reward", "loss"], describe: "where the KL penalty acts" },
  klController: { default: "fixed", choices: ["fixed", "adaptive"], describe: "whether β follows the KL" },
  klTarget: { default: 6, min: 0, exclusiveMin: true, describe: "KL a sequence that an adaptive β aims at" },
  klHorizon: { default: 10000, min: 0, exclusiveMin: true, describe: "samples over which an adaptive β moves" },
  rewardWhitening: { default: false, describe: "token rewards are whitened over the batch, their mean kept" },
};

/**
 * Every option once: its default, bounds and meaning. `cai train`'s flags and the validation are derived from it. A limit or penalty of 0 is
 * off. Bounds are what float32 can do, not what is wise.
 */
export const hyperparameterTable: OptionTable<Hyperparameters> = {
  ...runOptions,
  ...batchOptions,
  ...samplingOptions,
  ...optimizerOptions,
  ...ownOptions,
  ...scoreOptions,
  ...guardOptions,
};

/**
 * Fills in the defaults and refuses what is unknown, out of bounds or contradictory. `undefined` counts as not given.
 *
 * @throws TrainingError `invalid-option`, naming the option, what was given and what is allowed.
 * @example
 * resolveHyperparameters({ klCoef: 0.05 }).learningRate; // 0.00001
 */
export function resolveHyperparameters(given: Partial<Hyperparameters>): Hyperparameters {
  const options = resolveOptions(hyperparameterTable, given);
  if (given.valueLearningRate === undefined) options.valueLearningRate = Math.max(options.valueLearningRate, options.learningRate);
  refuseUnevenBatches(options);
  refuseCrossedLengths(options);
  const refuse = (message: string) => {
    throw new TrainingError("invalid-option", message);
  };
  const { clipRange } = options;
  if (clipRange >= 1) refuse(`clipRange is ${clipRange}; expected less than 1, the ratio is clipped to 1 ± clipRange`);
  if (options.aggregation === "constant" && options.aggregationDivisor <= 0)
    refuse("aggregation 'constant' wants aggregationDivisor, the positive number to divide the sum by");
  refuseStrongDecay(options.weightDecay, Math.max(options.learningRate, options.valueLearningRate));
  if (options.klEstimator === "full" && options.klPlacement === "loss")
    refuse('klEstimator "full" acts in the reward only; give klPlacement "reward", or the estimator k2 or k3');
  if (options.valueWarmupSteps > 0 && options.valueLearningRate === 0)
    refuse("valueWarmupSteps wants an optimizer of the value model's own: give it a valueLearningRate");
  if (options.klController === "adaptive") refuseShortHorizon(options.klHorizon, options.batchSize);
  return options;
}

/** Refuses an adaptive KL horizon with which a step of so many rows could take β to 0 or below. */
export function refuseShortHorizon(klHorizon: number, rows: number): void {
  const shortest = leastKlHorizon({ samples: rows });
  if (klHorizon <= shortest)
    throw new TrainingError(
      "invalid-option",
      `klHorizon is ${klHorizon}; expected more than ${shortest}, a fifth of a step's ${rows} rows, so that an adaptive β stays above 0`,
    );
}
