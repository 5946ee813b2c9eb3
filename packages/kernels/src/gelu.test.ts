import { expectGradientsByFiniteDifferences, expectTwins, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gelu, portableGelu } from "./gelu.ts";

/** The formula as the paper has it, in float64. */
const reference = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

onEachBackend(() => {
  test("gelu(±1) are 0.8412 and -0.1588, gelu(0) is 0", () => {
    const y = gelu(tf.tensor1d([1, -1, 0])).dataSync();
    expect(y[0]).toBeCloseTo(0.8412, 4);
    expect(y[1]).toBeCloseTo(-0.1588, 4);
    expect(y[2]).toBe(0);
  });

  test("equals the tanh formula from -6 to 6, and is x or 0 far out", () => {
    const points = Float32Array.from({ length: 121 }, (_, index) => -6 + index / 10);
    const y = gelu(tf.tensor1d(points)).dataSync();
    points.forEach((point, index) => {
      expect(Math.abs(y[index]! - reference(point))).toBeLessThan(2e-6);
    });
    const [low, high] = gelu(tf.tensor1d([-1000, 1000])).dataSync();
    expect(low).toBeCloseTo(0, 10);
    expect(high).toBe(1000);
  });

  test("the gradient agrees with finite differences", () => {
    expectGradientsByFiniteDifferences((x) => gelu(x!), [tensor([2, 3, 4], 1, 3)]);
  });

  test("the gradient is finite far out", () => {
    expect(
      [
        ...tf
          .grad(gelu)(tf.tensor1d([-1000, 1000]))
          .dataSync(),
      ].map(Math.abs),
    ).toEqual([0, 1]);
  });
});

onNativeKernels(() => {
  test.each([7, 40_000])("%i numbers come out as from tfjs's operations, gradients too", (count) => {
    expectTwins(
      (x) => gelu(x!),
      (x) => portableGelu(x!),
      [tensor([count], 1, 8)],
    );
  });

  test("NaN stays NaN, infinities give themselves or 0", () => {
    const [nan, high, low] = gelu(tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, -1e30])).dataSync();
    expect(nan).toBeNaN();
    expect(high).toBe(Number.POSITIVE_INFINITY);
    expect(low).toBeCloseTo(0, 10);
  });
});
