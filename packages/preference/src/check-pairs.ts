import { PreferenceError } from "./error.ts";

/** Refuses arrays that don't have one number a pair. */
export function checkPairs(pairs: number, arrays: Readonly<Record<string, ArrayLike<number> | undefined>>): void {
  for (const [name, array] of Object.entries(arrays))
    if (array !== undefined && array.length !== pairs)
      throw new PreferenceError("shape-mismatch", `${name} has ${array.length} numbers, chosen ${pairs}: pass one a pair.`);
}

/** Refuses what are no probabilities that the chosen answer is the better one. */
export function checkProbabilities(probability: ArrayLike<number> | undefined): void {
  for (let pair = 0; pair < (probability?.length ?? 0); pair++)
    if (!(probability![pair]! >= 0 && probability![pair]! <= 1))
      throw new PreferenceError("bad-option", `probability of pair ${pair} is ${probability![pair]}: pass numbers from 0 to 1.`);
}

/** What a mean over pairs divides by. */
export function checkDivisor(pairs: number): void {
  if (!(pairs > 0)) throw new PreferenceError("bad-option", `pairs is ${pairs}: pass how many the whole step has, above 0.`);
}
