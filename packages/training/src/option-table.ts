import { TrainingError } from "./error.ts";

/** One option that is plain data: its default, what it may be, and what it means. */
export interface OptionSpec<Value> {
  readonly default: Value;
  readonly describe: string;
  /** Numbers: the smallest and largest value allowed. */
  readonly min?: number;
  readonly max?: number;
  /** Numbers: the smallest value itself is not allowed. */
  readonly exclusiveMin?: boolean;
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

/**
 * Fills in the defaults and refuses what is out of bounds. Names that the table doesn't have are left out.
 *
 * @throws TrainingError `invalid-option`, naming the option, what was given and what is allowed.
 * @example
 * const table = { rate: { default: 0.1, min: 0, describe: "the rate" } };
 * resolveOptions(table, {}).rate; // 0.1
 */
export function resolveOptions<Options extends object>(table: OptionTable<Options>, given: Partial<Options>): Options {
  const resolved: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(table) as [string, OptionSpec<unknown>][]) {
    const value = given[name as keyof Options] ?? spec.default;
    refuseInvalid(name, value, spec);
    resolved[name] = value;
  }
  return resolved as Options;
}

function refuseInvalid(name: string, value: unknown, spec: OptionSpec<unknown>): void {
  const refuse = (expected: string) => {
    const shown = JSON.stringify(value) ?? String(value);
    throw new TrainingError("invalid-option", `${name} is ${shown}; expected ${expected} (${spec.describe})`);
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
