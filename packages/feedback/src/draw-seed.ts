import type { DrawCounters } from "@cai/contracts";
import { uniform } from "@cai/random";

/**
 * The seed that a model elsewhere is given for a sample, in [0, 2³¹): a function of (seed, stream, step, sample), as the draws of a local model are.
 *
 * @param index of the sample within the call
 */
export function drawSeed({ seed, stream, step, firstSample = 0 }: DrawCounters, index: number): number {
  return Math.floor(uniform({ seed, stream, counters: [step, firstSample + index] }) * 2 ** 31);
}
