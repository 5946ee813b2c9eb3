import { TrainingError } from "./error.ts";
import type { OptionTable } from "./option-table.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";
import { runOptions } from "./run-options.ts";

/** How a part of a trainer is told from something else, and what a message says of it. */
export interface PartSpec {
  /** Paths of functions that it has: `generate`, `parameters.values`. */
  readonly methods: readonly string[];
  /** A function stands for it as well. */
  readonly orFunction?: boolean;
  readonly expected: string;
  readonly required?: boolean;
}

/**
 * Checks what a trainer is given: its parts, among options that are plain data.
 *
 * @param parts by name, in the order in which they are looked at.
 * @param table the options that are plain data.
 * @param elsewhere names that belong to `train` and `steps`.
 * @returns the options that were given of `table`.
 * @throws TrainingError `invalid-option` for a name that is none, and a part that is missing or something else.
 */
export function checkParts<Settings>(
  options: object,
  { parts, table, elsewhere }: { readonly parts: PartSpecs; readonly table: OptionTable<Settings>; readonly elsewhere: readonly string[] },
): Partial<Settings> {
  if (typeof options !== "object" || options === null) {
    const required = Object.keys(parts).filter((name) => parts[name]!.required);
    throw new TrainingError("invalid-option", `the options are ${described(options)}; expected an object with ${required.join(" and ")}`);
  }
  const names = Object.keys(table);
  const ofRuns = elsewhere.filter((name) => !Object.hasOwn(runOptions, name));
  refuseUnknownOptions(options, [...Object.keys(parts), ...names], { "train and steps": ofRuns });
  for (const [name, spec] of Object.entries(parts)) refuseOtherPart(name, (options as Readonly<Record<string, unknown>>)[name], spec);
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && names.includes(name)),
  ) as Partial<Settings>;
}

/** The parts of a trainer by name. */
export type PartSpecs = Readonly<Record<string, PartSpec>>;

function refuseOtherPart(name: string, part: unknown, { methods, orFunction, expected, required }: PartSpec): void {
  if (part === undefined && !required) return;
  const at = (path: string) => path.split(".").reduce((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], part);
  const has = (path: string) => typeof at(path) === "function";
  if (methods.every(has) || (orFunction && typeof part === "function")) return;
  const given = part === undefined ? "is missing" : `is ${described(part)}`;
  throw new TrainingError("invalid-option", `${name} ${given}; expected ${expected}`);
}

/** A value of any kind, for a message. */
export function described(value: unknown): string {
  if (value instanceof Promise) return "a promise, which wants an await";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "a function" : String(value);
  return `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing"}`;
}
