import { expect } from "vitest";
import type { PairLoss } from "./bradley-terry-loss.ts";

/** Holds a loss's slopes against central differences; what is left of float32's rounding of the slopes is below 1e-6. */
export function expectSlopesByFiniteDifferences(
  lossOf: (chosen: readonly number[], rejected: readonly number[]) => PairLoss<unknown>,
  { chosen, rejected }: { readonly chosen: readonly number[]; readonly rejected: readonly number[] },
): void {
  const h = 1e-5;
  const { slopes } = lossOf(chosen, rejected);
  for (let pair = 0; pair < chosen.length; pair++) {
    const moved = (values: readonly number[], by: number) => values.map((value, index) => (index === pair ? value + by : value));
    const ofChosen = lossOf(moved(chosen, h), rejected).loss - lossOf(moved(chosen, -h), rejected).loss;
    const ofRejected = lossOf(chosen, moved(rejected, h)).loss - lossOf(chosen, moved(rejected, -h)).loss;
    expect(slopes.chosen[pair]).toBeCloseTo(ofChosen / (2 * h), 6);
    expect(slopes.rejected[pair]).toBeCloseTo(ofRejected / (2 * h), 6);
  }
}
