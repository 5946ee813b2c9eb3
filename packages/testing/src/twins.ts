import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { tensor } from "./finite-differences.ts";

type Differentiable = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Expects two ways to compute the same thing to give the same values and gradients, within `tolerance` of the largest of each. */
export function expectTwins(fast: Differentiable, portable: Differentiable, inputs: readonly tf.Tensor[], tolerance = 2e-6): void {
  const evaluate = (f: Differentiable) =>
    tf.tidy(() => {
      const y = f(...inputs);
      const gradients = tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(f(...xs), tensor(y.shape, 99))))([...inputs]);
      return [y, ...gradients];
    });
  const expected = evaluate(portable);
  evaluate(fast).forEach((computed, index) => {
    const what = index === 0 ? "value" : `gradient of input ${index - 1}`;
    expect(computed.shape, what).toEqual(expected[index]!.shape);
    const wanted = expected[index]!.dataSync<"float32">();
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
    computed.dataSync().forEach((value, element) => {
      const difference = Math.abs(value - wanted[element]!) / largest;
      if (!(difference <= tolerance)) expect(value, `${what}, element ${element}`).toBe(wanted[element]);
    });
  });
}
