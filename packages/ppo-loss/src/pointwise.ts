import { type AggregationOptions, tokenWeights } from "./aggregation.ts";
import { PpoLossError } from "./error.ts";

/** A loss, and its derivative with respect to each number that it was made of: what a backward pass begins with. */
export interface Loss {
  readonly loss: number;
  /** `[B, T]`, 0 where masked. */
  readonly slopes: Float32Array;
}

/** A token's loss and its derivative. */
export interface Point {
  readonly value: number;
  readonly slope: number;
}

/** Σ wᵢ·f(xᵢ) over the valid tokens of `x` `[B, T]`, where f gives value and derivative together. Sums run in float64. */
export function pointwiseLoss(name: string, x: Float32Array, options: AggregationOptions, f: (x: number, index: number) => Point): Loss {
  checkLengths(options.mask.length, { [name]: x });
  const weights = tokenWeights(options);
  const slopes = new Float32Array(weights.length);
  let loss = 0;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index]!;
    if (weight === 0) continue;
    const { value, slope } = f(x[index]!, index);
    loss += weight * value;
    slopes[index] = weight * slope;
  }
  return { loss, slopes };
}

/** Refuses arrays whose length is not that of the mask. */
export function checkLengths(length: number, arrays: Readonly<Record<string, ArrayLike<number> | undefined>>): void {
  for (const [name, array] of Object.entries(arrays))
    if (array !== undefined && array.length !== length)
      throw new PpoLossError("shape-mismatch", `${name} has ${array.length} elements, the mask ${length}: they must be equal.`);
}
