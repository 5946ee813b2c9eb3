import { TrainingError } from "./error.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";

/** One option that is plain data, a number, text, yes or no, or a list of numbers or texts: its default, what it may be, and what it means. */
export interface OptionSpec<Value> {
  readonly default: Value;
  readonly describe: string;
  /** Numbers, and each of a list of them: the smallest and largest value allowed. */
  readonly min?: number;
  readonly max?: number;
  /** Numbers: the smallest value itself is not allowed. */
  readonly exclusiveMin?: boolean;
  /** Numbers: 0 is allowed whatever the bounds are, and means that there is none. */
  readonly zeroIsOff?: boolean;
  readonly integer?: boolean;
  /** Strings: what may be chosen. */
  readonly choices?: readonly Value[];
  /** Lists: what they hold. Default: numbers. */
  readonly listOf?: "numbers" | "texts";
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
    if (Array.isArray(spec.default)) {
      resolved[name] = listOf(name, value, spec);
      continue;
    }
    refuseInvalid(name, value, spec);
    resolved[name] = value;
  }
  return resolved as Options;
}

/** A list of numbers or texts, copied. */
function listOf(name: string, list: unknown, spec: OptionSpec<unknown>): unknown[] {
  const { listOf: kind = "numbers" } = spec;
  if (!Array.isArray(list)) return refuse(name, list, `a list of ${kind}`, spec);
  for (const [index, value] of list.entries()) {
    if (typeof value !== (kind === "texts" ? "string" : "number")) refuse(`${name}[${index}]`, value, `a ${kind.slice(0, -1)}`, spec);
    if (typeof value === "number") refuseOutOfBounds(`${name}[${index}]`, value, spec);
  }
  return [...list];
}

function refuseInvalid(name: string, value: unknown, spec: OptionSpec<unknown>): void {
  if (typeof value !== typeof spec.default) refuse(name, value, `a ${typeof spec.default}`, spec);
  if (spec.choices !== undefined && !spec.choices.includes(value)) refuse(name, value, `one of ${spec.choices.join(", ")}`, spec);
  if (typeof value === "number") refuseOutOfBounds(name, value, spec);
}

function refuse(name: string, value: unknown, expected: string, { describe }: Pick<OptionSpec<unknown>, "describe">): never {
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new TrainingError("invalid-option", `${name} is ${shown}; expected ${expected} (${describe})`);
}

function refuseOutOfBounds(name: string, value: number, spec: OptionSpec<unknown>): void {
  const refuseFor = (expected: string) => refuse(name, value, expected, spec);
  if (!Number.isFinite(value)) refuseFor("a finite number");
  if (spec.integer && !Number.isSafeInteger(value)) refuseFor("a whole number");
  const { min, max, exclusiveMin, zeroIsOff } = spec;
  if (zeroIsOff && value === 0) return;
  const orZero = zeroIsOff ? ", or 0" : "";
  if (min !== undefined && (exclusiveMin ? value <= min : value < min))
    refuseFor(`${exclusiveMin ? "more than" : "at least"} ${min}${orZero}`);
  if (max !== undefined && value > max) refuseFor(`at most ${max}`);
}
