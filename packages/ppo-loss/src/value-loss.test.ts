import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { bytes, expectClose, floats, goldenCases, shapeOf, tensorOf } from "./golden.fixture.ts";
import { valueLoss } from "./tfjs.ts";

const single = (newValue: number, oldValue: number, target: number, clip?: number) =>
  valueLoss({
    newValues: tf.tensor2d([[newValue]]),
    oldValues: new Float32Array([oldValue]),
    returns: new Float32Array([target]),
    mask: new Uint8Array([1]),
    shape: [1, 1],
    clip,
  }).dataSync()[0];

onEachBackend(() => {
  test("a value that ran ahead towards its return counts as clipped: ½·0.8²", () => {
    expect(single(1, 0, 1, 0.2)).toBeCloseTo(0.32, 6);
  });

  test("a value that moved away counts as it is: ½·2²", () => {
    expect(single(-1, 0, 1, 0.2)).toBeCloseTo(2, 6);
  });

  test("without a clip it is half the squared error", () => {
    expect(single(3, 0, 1)).toBeCloseTo(2, 6);
  });

  test.each(goldenCases("value-loss"))("golden case $name: loss and gradient", ({ inputs, params, expected }) => {
    const newValues = tensorOf(inputs.newValues);
    const loss = (values: tf.Tensor) =>
      valueLoss({
        newValues: values,
        oldValues: floats(inputs.oldValues),
        returns: floats(inputs.returns),
        mask: bytes(inputs.mask),
        shape: shapeOf(inputs.mask),
        clip: params.clip ?? undefined,
      });
    expectClose(loss(newValues).dataSync()[0]!, expected.loss);
    expectClose(tf.grad(loss)(newValues).dataSync(), expected.gradNewValues);
  });

  test("the gradient agrees with finite differences", () => {
    const options = {
      oldValues: new Float32Array([0.1, -0.2, 0.3, 0, -0.4, 0.2]),
      returns: new Float32Array([1, -1, 0.5, 2, -2, -0.3]),
      mask: new Uint8Array([1, 1, 0, 1, 1, 1]),
      shape: [2, 3] as const,
      clip: 0.2,
    };
    expectGradientsByFiniteDifferences((newValues) => valueLoss({ newValues: newValues!, ...options }), [tensor([2, 3], 5)], {
      step: 1e-3,
    });
  });
});

test("a clip of 0 or below is refused", () => {
  expect(() => single(0, 0, 0, 0)).toThrow(/clip is 0/);
});
