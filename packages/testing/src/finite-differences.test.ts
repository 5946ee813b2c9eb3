import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { onBackends } from "./backends.ts";
import { expectGradientsByFiniteDifferences, numbers, tensor } from "./finite-differences.ts";

test("numbers are uneven, within the range, and the same on every run", () => {
  const first = numbers(100, { seed: 3, range: 2 });
  expect(first).toEqual(numbers(100, { seed: 3, range: 2 }));
  expect(first).not.toEqual(numbers(100, { seed: 4, range: 2 }));
  expect(first.every((one) => Math.abs(one) < 2)).toBe(true);
  expect(new Set(first).size).toBe(100);
});

onBackends(["cpu"], () => {
  const product = (slope: number) =>
    tf.customGrad((...inputs) => {
      const [a, b] = inputs as tf.Tensor[];
      const save = inputs.at(-1) as unknown as tf.GradSaveFunc;
      save([a!, b!]);
      return { value: tf.mul(a!, b!), gradFunc: (dy, [x, y]) => [tf.mul(dy, y!), tf.mul(tf.mul(dy, x!), slope)] };
    });

  test("right gradients pass, and one that is off by a hundredth in one input does not", () => {
    const inputs = [tensor([2, 3], 1), tensor([2, 3], 2)];
    expectGradientsByFiniteDifferences(product(1), inputs);
    expect(() => expectGradientsByFiniteDifferences(product(1.01), inputs)).toThrow("input 1");
  });
});
