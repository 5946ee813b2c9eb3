import type { Draws } from "./blocks.ts";
import { uniforms } from "./uniform.ts";

/**
 * The integers 0 … length − 1 in random order (Fisher and Yates), every order equally likely.
 *
 * @throws RandomError for a seed, counter or length out of range
 * @example
 * const order = permutation({ seed: 7, stream: "prompts", counters: [0], length: 5 }); // the order of pass 0
 */
export function permutation({ seed, stream, counters, length }: Draws & { readonly length: number }): Int32Array {
  const draws = uniforms({ seed, stream, counters, count: length });
  const order = Int32Array.from(draws, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const chosen = Math.floor(draws[last]! * (last + 1));
    const swapped = order[chosen]!;
    order[chosen] = order[last]!;
    order[last] = swapped;
  }
  return order;
}
