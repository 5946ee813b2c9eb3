/** What shapes the training and is plain data: saved in `config.json`, given as flags to `cai train`. */
export interface Hyperparameters {
  seed: number;
  /** The run's number of steps, those before a resume included. */
  steps: number;
  batchSize: number;
  maxNewTokens: number;
  minNewTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  epochs: number;
  minibatchSize: number;
  microbatchSize: number;
  learningRate: number;
  schedule: "constant" | "linear" | "cosine";
  warmupSteps: number;
  weightDecay: number;
  adamBeta1: number;
  adamBeta2: number;
  adamEpsilon: number;
  maxGradNorm: number;
  frozenLayers: number;
  gamma: number;
  lambda: number;
  bootstrapTruncated: boolean;
  clipRange: number;
  clipRangeHigh: number;
  dualClip: number;
  logRatioClamp: number;
  importanceCap: number;
  aggregation: "token-mean" | "seq-mean-token-mean" | "seq-mean-token-sum" | "constant";
  aggregationDivisor: number;
  entropyCoef: number;
  maxApproxKl: number;
  valueLossCoef: number;
  valueClipRange: number;
  valueLearningRate: number;
  klCoef: number;
  klEstimator: "k1" | "k2" | "k3" | "abs";
  klPlacement: "reward" | "loss";
  klController: "fixed" | "adaptive";
  klTarget: number;
  klHorizon: number;
  missingEosPenalty: number;
  rewardScaling: "none" | "scale" | "normalize";
  rewardClip: number;
  rewardWhitening: boolean;
  evaluateEvery: number;
  checkpointEvery: number;
  checkpointKeep: number;
}

/** One hyperparameter: its default, what it may be, and what it means. */
export interface HyperparameterSpec<Value> {
  readonly default: Value;
  readonly describe: string;
  /** Numbers: the smallest and largest value allowed. */
  readonly min?: number;
  readonly max?: number;
  /** Numbers: the smallest value itself is not allowed. */
  readonly exclusiveMin?: boolean;
  /** Numbers: 0 is allowed whatever the bounds are, and means that there is none. */
  readonly zeroIsOff?: boolean;
  readonly integer?: boolean;
  /** Strings: what may be chosen. */
  readonly choices?: readonly Value[];
}

const count = { integer: true, min: 1 } as const;
/** Float32 makes 0 of smaller numbers: they would be off without a word. */
const least = 1e-37;
/** Of rates and weights: beyond it the squares of gradients and returns exceed float32. */
const factor = { min: least, max: 1e9 } as const;
/** Below it a change of a log-probability is rounding. */
const leastClip = 1e-6;

/**
 * Every hyperparameter once: its default, bounds and meaning. `cai train`'s flags and the validation are derived from it.
 * A limit or penalty of 0 is off. Bounds are what float32 can do, not what is wise.
 */
export const hyperparameterTable: { readonly [Name in keyof Hyperparameters]: HyperparameterSpec<Hyperparameters[Name]> } = {
  seed: { default: 0, integer: true, min: 0, max: 2 ** 32 - 1, describe: "seed of every random draw" },
  steps: { default: 100, ...count, describe: "steps of the whole run" },
  batchSize: { default: 4, ...count, describe: "prompts a step" },
  maxNewTokens: { default: 150, ...count, describe: "longest response, in tokens; PPOTrainer's default is half of a shorter context" },
  minNewTokens: { default: 0, integer: true, min: 0, describe: "no end of text before so many tokens" },
  temperature: { default: 1, min: 1e-4, max: 1e4, describe: "sampling temperature, also of every log-probability" },
  topK: { default: 0, integer: true, min: 0, describe: "draw from the k likeliest tokens only; biases the ratio (0: off)" },
  topP: {
    default: 1,
    min: 0,
    exclusiveMin: true,
    max: 1,
    describe: "draw from the likeliest tokens of this probability; biases the ratio (1: off)",
  },
  epochs: { default: 4, ...count, describe: "passes over each batch" },
  minibatchSize: { default: 0, integer: true, min: 0, describe: "rows an optimizer step (0: the whole batch)" },
  microbatchSize: {
    default: 0,
    integer: true,
    min: 0,
    describe: "rows a forward and backward pass; gradients add up (0: the whole minibatch)",
  },
  learningRate: { default: 1e-5, min: least, max: 1e3, describe: "learning rate" },
  schedule: { default: "constant", choices: ["constant", "linear", "cosine"], describe: "learning rate over the run" },
  warmupSteps: { default: 0, integer: true, min: 0, describe: "steps in which the learning rate rises from 0" },
  weightDecay: { default: 0, ...factor, zeroIsOff: true, describe: "AdamW's decoupled weight decay" },
  adamBeta1: { default: 0.9, min: 0, max: 0.999999, describe: "AdamW's decay of the first moment" },
  adamBeta2: { default: 0.999, min: 0, max: 0.999999, describe: "AdamW's decay of the second moment" },
  // Where a gradient's square is 0 in float32, only this holds its step back.
  adamEpsilon: { default: 1e-8, min: 1e-16, max: 1e9, describe: "AdamW's epsilon" },
  maxGradNorm: { default: 1, min: 1e-30, describe: "gradients are scaled down to this global norm" },
  frozenLayers: {
    default: 0,
    integer: true,
    min: 0,
    describe: "lowest blocks that are not trained, with the embeddings (0: everything trains)",
  },
  gamma: { default: 0.99, min: 0, max: 1, describe: "discount" },
  lambda: { default: 0.95, min: 0, max: 1, describe: "GAE's λ" },
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
  importanceCap: {
    default: 0,
    ...factor,
    zeroIsOff: true,
    describe: "largest weight exp(old − behaviour) a token (0: 2 with a generator of one's own, else off)",
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
  entropyCoef: { default: 0, ...factor, zeroIsOff: true, describe: "weight of the entropy bonus" },
  maxApproxKl: { default: 0, min: 0, describe: "the epochs of a step end before an update whose approximate KL exceeds this (0: off)" },
  valueLossCoef: { default: 0.5, ...factor, zeroIsOff: true, describe: "weight of the value loss" },
  valueClipRange: {
    default: 0.2,
    min: least,
    zeroIsOff: true,
    describe: "values are clipped to the old ones ± this in the loss (0: off)",
  },
  valueLearningRate: {
    default: 1e-4,
    min: least,
    max: 1e3,
    zeroIsOff: true,
    describe: "learning rate of an optimizer of its own for the value model; by default at least learningRate (0: one optimizer for both)",
  },
  klCoef: { default: 0.1, ...factor, zeroIsOff: true, describe: "β, weight of the KL penalty" },
  klEstimator: { default: "k1", choices: ["k1", "k2", "k3", "abs"], describe: "estimator of the KL a token" },
  klPlacement: { default: "reward", choices: ["reward", "loss"], describe: "where the KL penalty acts" },
  klController: { default: "fixed", choices: ["fixed", "adaptive"], describe: "whether β follows the KL" },
  klTarget: { default: 6, min: 0, exclusiveMin: true, describe: "KL a sequence that an adaptive β aims at" },
  klHorizon: { default: 10000, min: 0, exclusiveMin: true, describe: "samples over which an adaptive β moves" },
  missingEosPenalty: {
    default: 0,
    ...factor,
    zeroIsOff: true,
    describe: "taken from the score of a response without an end of text",
  },
  rewardScaling: {
    default: "none",
    choices: ["none", "scale", "normalize"],
    describe: "scores divided by their running deviation, 1 while all are equal ('normalize': less their running mean first)",
  },
  rewardClip: { default: 0, min: least, zeroIsOff: true, describe: "scores are clipped to ± this (0: off)" },
  rewardWhitening: { default: false, describe: "token rewards are whitened over the batch, their mean kept" },
  evaluateEvery: { default: 0, integer: true, min: 0, describe: "steps between evaluations on held-out prompts (0: never)" },
  checkpointEvery: { default: 10, integer: true, min: 0, describe: "steps between checkpoints (0: only at the end)" },
  checkpointKeep: { default: 3, ...count, describe: "newest checkpoints that are kept" },
};
