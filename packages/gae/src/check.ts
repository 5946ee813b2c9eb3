import { GaeError } from "./error.ts";

/** Refuses arrays of another length than `length`, which `expected` explains. */
export function checkLengths(arrays: Readonly<Record<string, ArrayLike<number> | undefined>>, length: number, expected: string): void {
  for (const [name, array] of Object.entries(arrays)) {
    if (array !== undefined && array.length !== length) {
      throw new GaeError("shape-mismatch", `${name} has ${array.length} numbers, ${expected} wants ${length}`);
    }
  }
}

/** Refuses a discount outside [0, 1]. */
export function checkDiscount(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new GaeError("bad-input", `${name} is ${value}: pass a number in [0, 1]`);
}
