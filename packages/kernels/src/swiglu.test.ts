import { expectGradientsByFiniteDifferences, expectTwins, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { portableSwiglu, swiglu } from "./swiglu.ts";

onEachBackend(() => {
  test("a gate of ln 3 lets 3/4 of it through, one of -ln 3 a quarter, one of 0 nothing", () => {
    // σ(ln 3) = 3/4, σ(−ln 3) = 1/4.
    const log3 = Math.log(3);
    const y = swiglu(tf.tensor1d([log3, -log3, 0]), tf.tensor1d([4, 8, 100])).dataSync();
    expect(y[0]).toBeCloseTo(3 * log3, 5);
    expect(y[1]).toBeCloseTo(-2 * log3, 5);
    expect(y[2]).toBe(0);
  });

  test("gradients agree with finite differences", () => {
    expectGradientsByFiniteDifferences((gate, up) => swiglu(gate!, up!), [tensor([2, 3, 4], 1, 3), tensor([2, 3, 4], 2, 2)]);
  });

  test("far out it is gate·up or 0, and the gradients stay finite", () => {
    const [gate, up] = [tf.tensor1d([1000, -1000]), tf.tensor1d([2, 2])];
    expect([...swiglu(gate, up).dataSync()].map(Math.abs)).toEqual([2000, 0]);
    const [forGate, forUp] = tf.grads((g, u) => tf.sum(swiglu(g!, u!)))([gate, up]);
    expect([...forGate!.dataSync()].map(Math.abs)).toEqual([2, 0]);
    expect([...forUp!.dataSync()].map(Math.abs)).toEqual([1000, 0]);
  });
});

onNativeKernels(() => {
  test.each([7, 40_000])("%i numbers come out as from tfjs's operations, gradients too", (count) => {
    expectTwins(
      (gate, up) => swiglu(gate!, up!),
      (gate, up) => portableSwiglu(gate!, up!),
      [tensor([count], 1, 8), tensor([count], 2, 3)],
    );
  });
});

test("a gate of another shape is refused", () => {
  expect(() => swiglu(tf.zeros([2, 3]), tf.zeros([3]))).toThrow(KernelError);
});
