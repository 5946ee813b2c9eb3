import * as tf from "@tensorflow/tfjs-core";
import { type AggregationOptions, tokenWeights } from "./aggregation.ts";
import { PpoLossError } from "./error.ts";

/** A token's loss and its derivative. */
export interface Point {
  readonly value: number;
  readonly slope: number;
}

/**
 * A scalar loss Σ wᵢ·f(xᵢ) over the valid tokens of one tensor `[B, T]`, where f gives value and derivative together.
 *
 * [B, T] is small (a number a token), so both are computed in JS, in float64: one read of x instead of thirty tensor operations.
 */
export function pointwiseLoss(name: string, x: tf.Tensor, options: AggregationOptions, f: (x: number, index: number) => Point): tf.Scalar {
  if (!tf.util.arraysEqual(x.shape, [...options.shape]))
    throw new PpoLossError("shape-mismatch", `${name} is [${x.shape}]: shape is [${options.shape}], they must be equal.`);
  const weights = tokenWeights(options);
  const loss = tf.customGrad((input) => {
    const slopes = new Float32Array(weights.length);
    let sum = 0;
    (input as tf.Tensor).dataSync<"float32">().forEach((number, index) => {
      const weight = weights[index]!;
      if (weight === 0) return;
      const { value, slope } = f(number, index);
      sum += weight * value;
      slopes[index] = weight * slope;
    });
    return { value: tf.scalar(sum), gradFunc: (dy: tf.Tensor) => tf.mul(tf.tensor(slopes, x.shape), dy) };
  });
  return loss(x) as tf.Scalar;
}

/** Refuses arrays whose length is not that of the mask. */
export function checkLengths(length: number, arrays: Readonly<Record<string, ArrayLike<number> | undefined>>): void {
  for (const [name, array] of Object.entries(arrays))
    if (array !== undefined && array.length !== length)
      throw new PpoLossError("shape-mismatch", `${name} has ${array.length} elements, the mask ${length}: they must be equal.`);
}
