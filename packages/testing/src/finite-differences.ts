import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/** `count` numbers in (−range, range) from a small linear congruential generator: the same on every run. */
export function numbers(count: number, { seed = 1, range = 1 } = {}): Float32Array {
  let state = seed * 7919 + 17;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state / 1073741824 - 1) * range;
  });
}

export function tensor(shape: number[], seed = 1, range = 1): tf.Tensor {
  return tf.tensor(numbers(tf.util.sizeFromShape(shape), { seed, range }), shape);
}

/**
 * Compares the gradient of Σ f(x)·w, w fixed and uneven, with central differences in every element of every input.
 * The step is large because float32 loses the small ones; the error of a central difference is of third order.
 */
export function expectGradientsByFiniteDifferences(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  { step = 1e-2, tolerance = 2e-3 } = {},
): void {
  const loss = (...xs: tf.Tensor[]): tf.Scalar =>
    tf.tidy(() => {
      const y = f(...xs);
      return tf.sum(tf.mul(y, tensor(y.shape, 99)));
    });
  const gradients = tf.grads(loss)([...inputs]);
  inputs.forEach((input, position) => {
    const values = input.dataSync() as Float32Array;
    const estimated = Float32Array.from(values, (_, element) => {
      const at = (change: number) =>
        tf
          .tidy(() => {
            const moved = values.slice();
            moved[element]! += change;
            return loss(...inputs.map((other, index) => (index === position ? tf.tensor(moved, input.shape) : other)));
          })
          .dataSync()[0]!;
      return (at(step) - at(-step)) / (2 * step);
    });
    const largest = Math.max(1, ...estimated.map(Math.abs));
    const computed = gradients[position]!.dataSync();
    estimated.forEach((value, element) => {
      expect(
        Math.abs(computed[element]! - value) / largest,
        `input ${position}, element ${element}: ${computed[element]} against ${value}`,
      ).toBeLessThan(tolerance);
    });
  });
}
