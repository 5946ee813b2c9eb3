import { TrainingError } from "./error.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";

/** One option that is plain data: its default, what it may be, and what it means. */
export interface OptionSpec<Value> {
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

/**
 * Options by name, each said once: defaults, checks, documentation and command-line flags are derived from it. Tables compose by spreading:
 * `{ ...runOptions, ...optimizerOptions, clipRange: … }`.
 */
export type OptionTable<Options> = { readonly [Name in keyof Options]: OptionSpec<Options[Name]> };

/** A count from 1 on. */
export const count = { integer: true, min: 1 } as const;
/** A count from 0 on. */
export const countOrNone = { integer: true, min: 0 } as const;
/** Float32 makes 0 of smaller numbers: they would be off without a word. */
export const least = 1e-37;
/** Of rates and weights: beyond it the squares of gradients and returns exceed float32. 0 is off. */
export const factorOrNone = { min: least, max: 1e9, zeroIsOff: true } as const;
/** Of clips of log-ratios: below it a change of a log-probability is rounding. */
export const leastClip = 1e-6;

/**
 * Fills in the defaults and refuses what is unknown or out of bounds. `undefined` counts as not given.
 *
 * @throws TrainingError `invalid-option`, naming the option, what was given and what is allowed.
 * @example
 * const table = { rate: { default: 0.1, min: 0, describe: "the rate" } };
 * resolveOptions(table, {}).rate; // 0.1
 */
export function resolveOptions<Options extends object>(table: OptionTable<Options>, given: Partial<Options>): Options {
  refuseUnknownOptions(given, Object.keys(table));
  const resolved: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(table) as [string, OptionSpec<unknown>][]) {
    const { [name as keyof Options]: value = spec.default } = given;
    refuseInvalid(name, value, spec);
    resolved[name] = value;
  }
  return resolved as Options;
}

function refuseInvalid(name: string, value: unknown, spec: OptionSpec<unknown>): void {
  const refuse = (expected: string) => {
    const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
    throw new TrainingError("invalid-option", `${name} is ${shown}; expected ${expected} (${spec.describe})`);
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
