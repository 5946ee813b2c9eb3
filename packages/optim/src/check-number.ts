import { OptimError } from "./error.ts";

/** Refuses options that are negative or not finite. */
export function checkNumbers(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options))
    if (!(value >= 0 && Number.isFinite(value))) throw new OptimError("bad-option", `${name} is ${value}: pass a finite number from 0 on.`);
}
