import { KlError } from "./error.ts";

/** Refuses arrays of another length than `length`, which `expected` explains. */
export function checkLengths(arrays: Readonly<Record<string, ArrayLike<number>>>, length: number, expected: string): void {
  for (const [name, array] of Object.entries(arrays)) {
    if (array.length !== length) throw new KlError("shape-mismatch", `${name} has ${array.length} numbers, ${expected} wants ${length}`);
  }
}

/** Refuses what is not finite, or below `minimum`. */
export function checkNumber(name: string, value: number, minimum: number): void {
  if (!Number.isFinite(value) || value < minimum) throw new KlError("bad-input", `${name} is ${value}: pass a finite number ≥ ${minimum}`);
}
