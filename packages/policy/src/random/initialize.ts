import { normals } from "@cai/random";
import type { ParameterSpec } from "../families/family.ts";

/** After so many numbers (a prime, so that no two rows of a matrix are alike) a weight repeats itself: drawing 10⁸ takes seconds. */
const period = 2 ** 20 + 7;

/** Fills in the numbers that a weight starts from: the same for the same seed and name, whatever other weights there are. */
export function initialize(values: Float32Array, { name, initial }: ParameterSpec, seed: number): void {
  if ("constant" in initial) {
    values.fill(initial.constant);
    return;
  }
  const drawn = normals({ seed, stream: `weights/${name}`, counters: [], count: Math.min(period, values.length) });
  for (let i = 0; i < drawn.length; i++) values[i] = drawn[i]! * initial.standardDeviation;
  for (let start = period; start < values.length; start += period) values.copyWithin(start, 0, period);
}
