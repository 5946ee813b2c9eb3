import { leastKlHorizon } from "@cai/kl";
import { TrainerError } from "./error.ts";
import { type HyperparameterSpec, type Hyperparameters, hyperparameterTable } from "./hyperparameters.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";

/**
 * Fills in the defaults and refuses what is unknown, out of bounds or contradictory. `undefined` counts as not given.
 *
 * @throws TrainerError `invalid-option`, naming the option, what was given and what is allowed.
 * @example
 * resolveHyperparameters({ klCoef: 0.05 }).learningRate; // 0.00001
 */
export function resolveHyperparameters(given: Partial<Hyperparameters>): Hyperparameters {
  refuseUnknownOptions(given, Object.keys(hyperparameterTable));
  const resolved: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(hyperparameterTable)) {
    const { [name as keyof Hyperparameters]: value = spec.default } = given;
    refuseInvalid(name, value, spec as HyperparameterSpec<unknown>);
    resolved[name] = value;
  }
  const options = resolved as unknown as Hyperparameters;
  // A head that starts at zero shall not lag behind the policy.
  if (given.valueLearningRate === undefined) options.valueLearningRate = Math.max(options.valueLearningRate, options.learningRate);
  refuseContradictions(options);
  return options;
}

function refuseInvalid(name: string, value: unknown, spec: HyperparameterSpec<unknown>): void {
  const refuse = (expected: string) => {
    throw new TrainerError(
      "invalid-option",
      `${name} is ${typeof value === "string" ? JSON.stringify(value) : String(value)}; expected ${expected} (${spec.describe})`,
    );
  };
  if (typeof value !== typeof spec.default) refuse(`a ${typeof spec.default}`);
  if (spec.choices !== undefined && !spec.choices.includes(value)) refuse(`one of ${spec.choices.join(", ")}`);
  if (typeof value !== "number") return;
  if (!Number.isFinite(value)) refuse("a finite number");
  if (spec.integer && !Number.isSafeInteger(value)) refuse("a whole number");
  const { min, max, exclusiveMin, zeroIsOff } = spec;
  if (zeroIsOff && value === 0) return;
  const orZero = zeroIsOff ? ", or 0" : "";
  if (min !== undefined && (exclusiveMin ? value <= min : value < min))
    refuse(`${exclusiveMin ? "more than" : "at least"} ${min}${orZero}`);
  if (max !== undefined && value > max) refuse(`at most ${max}`);
}

function refuseContradictions(options: Hyperparameters): void {
  const refuse = (message: string) => {
    throw new TrainerError("invalid-option", message);
  };
  const { batchSize, minibatchSize, microbatchSize, minNewTokens, maxNewTokens } = options;
  if (minNewTokens > maxNewTokens) refuse(`minNewTokens ${minNewTokens} exceeds maxNewTokens ${maxNewTokens}`);
  if (minibatchSize > batchSize) refuse(`minibatchSize ${minibatchSize} exceeds batchSize ${batchSize}`);
  if (minibatchSize > 0 && batchSize % minibatchSize !== 0)
    refuse(`batchSize ${batchSize} is not a multiple of minibatchSize ${minibatchSize}`);
  const minibatch = minibatchSize || batchSize;
  if (microbatchSize > 0 && minibatch % microbatchSize !== 0)
    refuse(`a minibatch of ${minibatch} rows is not a multiple of microbatchSize ${microbatchSize}`);
  if (options.clipRange >= 1) refuse(`clipRange is ${options.clipRange}; expected less than 1, the ratio is clipped to 1 ± clipRange`);
  if (options.aggregation === "constant" && options.aggregationDivisor <= 0)
    refuse("aggregation 'constant' wants aggregationDivisor, the positive number to divide the sum by");
  const rate = Math.max(options.learningRate, options.valueLearningRate);
  if (rate * options.weightDecay >= 1)
    refuse(
      `weightDecay ${options.weightDecay} times the learning rate ${rate} is ${rate * options.weightDecay}; expected less than 1, ` +
        "from which on a step turns weights around",
    );
  if (options.klController === "adaptive") refuseShortHorizon(options.klHorizon, batchSize);
}

/** Refuses an adaptive KL horizon with which a step of so many rows could take β to 0 or below. */
export function refuseShortHorizon(klHorizon: number, rows: number): void {
  const least = leastKlHorizon({ samples: rows });
  if (klHorizon <= least)
    throw new TrainerError(
      "invalid-option",
      `klHorizon is ${klHorizon}; expected more than ${least}, a fifth of a step's ${rows} rows, so that an adaptive β stays above 0`,
    );
}
