import { TrainerError } from "./error.ts";
import { type HyperparameterSpec, type Hyperparameters, hyperparameterTable } from "./hyperparameters.ts";

/**
 * Fills in the defaults and refuses what is out of bounds.
 *
 * @throws TrainerError `invalid-option`, naming the option, what was given and what is allowed.
 * @example
 * resolveHyperparameters({ klCoef: 0.05 }).learningRate; // 0.00001
 */
export function resolveHyperparameters(given: Partial<Hyperparameters>): Hyperparameters {
  const resolved: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(hyperparameterTable)) {
    const value = given[name as keyof Hyperparameters] ?? spec.default;
    refuseInvalid(name, value, spec as HyperparameterSpec<unknown>);
    resolved[name] = value;
  }
  const options = resolved as unknown as Hyperparameters;
  refuseContradictions(options);
  return options;
}

function refuseInvalid(name: string, value: unknown, spec: HyperparameterSpec<unknown>): void {
  const refuse = (expected: string) => {
    throw new TrainerError(
      "invalid-option",
      `${name} is ${JSON.stringify(value) ?? String(value)}; expected ${expected} (${spec.describe})`,
    );
  };
  if (typeof value !== typeof spec.default) refuse(`a ${typeof spec.default}`);
  if (spec.choices !== undefined && !spec.choices.includes(value)) refuse(`one of ${spec.choices.join(", ")}`);
  if (typeof value !== "number") return;
  if (!Number.isFinite(value)) refuse("a finite number");
  if (spec.integer && !Number.isSafeInteger(value)) refuse("a whole number");
  const { min, max } = spec;
  if (min !== undefined && (spec.exclusiveMin ? value <= min : value < min))
    refuse(`${spec.exclusiveMin ? "more than" : "at least"} ${min}`);
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
  if (options.dualClip !== 0 && options.dualClip <= 1) refuse(`dualClip is ${options.dualClip}; expected more than 1, or 0 for none`);
  if (options.clipRange >= 1) refuse(`clipRange is ${options.clipRange}; expected less than 1, the ratio is clipped to 1 ± clipRange`);
  if (options.aggregation === "constant" && options.aggregationDivisor <= 0)
    refuse("aggregation 'constant' wants aggregationDivisor, the positive number to divide the sum by");
}
