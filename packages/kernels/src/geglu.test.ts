import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { geglu } from "./geglu.ts";
import { gelu } from "./gelu.ts";

onEachBackend(() => {
  test("up is multiplied by the gate's GELU: 0.8412 of 1, -0.1588 of -1, nothing of 0", () => {
    const y = geglu(tf.tensor1d([1, -1, 0]), tf.tensor1d([10, 10, 100])).dataSync();
    expect(y[0]).toBeCloseTo(8.412, 3);
    expect(y[1]).toBeCloseTo(-1.588, 3);
    expect(y[2]).toBe(0);
  });

  test("gradients agree with finite differences", () => {
    expectGradientsByFiniteDifferences((gate, up) => geglu(gate!, up!), [tensor([2, 3, 4], 1, 3), tensor([2, 3, 4], 2, 2)]);
  });

  test("with up at 1 it is GELU, and so is the gradient of the gate", () => {
    const [gate, one] = [tensor([40], 1, 4), tf.ones([40])];
    expect([...geglu(gate, one).dataSync()]).toEqual([...gelu(gate).dataSync()]);
    const [wanted, found] = [tf.grad((x) => tf.sum(gelu(x)))(gate), tf.grad((x) => tf.sum(geglu(x, one)))(gate)];
    found.dataSync().forEach((slope, index) => {
      expect(slope).toBeCloseTo(wanted.dataSync()[index]!, 6);
    });
  });
});

test("a gate of another shape is refused", () => {
  expect(() => geglu(tf.zeros([2, 3]), tf.zeros([3]))).toThrow(KernelError);
});
