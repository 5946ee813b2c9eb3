import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PpoLossError } from "./error.ts";
import { bytes, expectClose, floats, goldenCases, shapeOf, tensorOf } from "./golden.fixture.ts";
import { policyLoss } from "./tfjs.ts";

/** One row; ratios against old log-probabilities of 0. */
function lossOf(ratios: readonly number[], advantages: readonly number[], options: object = {}): tf.Scalar {
  const count = ratios.length;
  return policyLoss({
    newLogprobs: tf.tensor2d(ratios.map(Math.log), [1, count]),
    oldLogprobs: new Float32Array(count),
    advantages: Float32Array.from(advantages),
    mask: new Uint8Array(count).fill(1),
    shape: [1, count],
    ...options,
  });
}
const value = (loss: tf.Scalar) => loss.dataSync()[0]!;

onEachBackend(() => {
  test("with A = 1 a ratio of 1.5 counts as 1.2, and 0.5 as it is", () => {
    expect(value(lossOf([1.5], [1]))).toBeCloseTo(-1.2, 6);
    expect(value(lossOf([0.5], [1]))).toBeCloseTo(-0.5, 6);
  });

  test("with A = -1 a ratio of 0.5 counts as 0.8, and 1.5 as it is", () => {
    expect(value(lossOf([0.5], [-1]))).toBeCloseTo(0.8, 6);
    expect(value(lossOf([1.5], [-1]))).toBeCloseTo(1.5, 6);
  });

  test("dual clip bounds the loss of a bad token that became much likelier", () => {
    expect(value(lossOf([10], [-1]))).toBeCloseTo(10, 5);
    expect(value(lossOf([10], [-1], { dualClip: 3 }))).toBeCloseTo(3, 6);
  });

  test("a wider upper bound lets a good token rise further", () => {
    expect(value(lossOf([1.5], [1], { clipHigh: 0.4 }))).toBeCloseTo(-1.4, 6);
  });

  test.each(goldenCases("policy-loss"))("golden case $name: loss and gradient", ({ inputs, params, expected }) => {
    const newLogprobs = tensorOf(inputs.newLogp);
    const loss = (logprobs: tf.Tensor) =>
      policyLoss({
        newLogprobs: logprobs,
        oldLogprobs: floats(inputs.oldLogp),
        advantages: floats(inputs.advantages),
        behaviourLogprobs: inputs.behaviourLogp && floats(inputs.behaviourLogp),
        mask: bytes(inputs.mask),
        shape: shapeOf(inputs.mask),
        ...params,
      });
    expectClose(value(loss(newLogprobs)), expected.loss);
    expectClose(tf.grad(loss)(newLogprobs).dataSync(), expected.gradNewLogp);
  });

  test("the gradient agrees with finite differences", () => {
    const options = {
      oldLogprobs: new Float32Array([0.1, -0.2, 0.3, 0, -0.4, 0.2]),
      advantages: new Float32Array([1, -1, 0.5, 2, -2, -0.3]),
      mask: new Uint8Array([1, 1, 0, 1, 1, 1]),
      shape: [2, 3] as const,
      dualClip: 3,
    };
    expectGradientsByFiniteDifferences((newLogprobs) => policyLoss({ newLogprobs: newLogprobs!, ...options }), [tensor([2, 3], 5)], {
      step: 1e-3,
    });
  });

  test("what stands at padding, NaN too, changes neither loss nor gradient", () => {
    const options = { oldLogprobs: new Float32Array([0, Number.NaN]), advantages: new Float32Array([1, Number.NaN]) };
    const loss = (newLogprobs: tf.Tensor) => policyLoss({ newLogprobs, ...options, mask: new Uint8Array([1, 0]), shape: [1, 2] });
    const newLogprobs = tf.tensor2d([[0, Number.NaN]]);
    expect(value(loss(newLogprobs))).toBe(-1);
    expect([...tf.grad(loss)(newLogprobs).dataSync()]).toEqual([-1, 0]);
  });
});

test("before the first update the loss is -mean(A) and the gradient -A / tokens", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 8 }), (advantages) => {
      const ones = advantages.map(() => 1);
      const mean = advantages.reduce((sum, x) => sum + x, 0) / advantages.length;
      expect(value(lossOf(ones, advantages))).toBeCloseTo(-mean, 5);
    }),
  );
});

test("the gradients of two microbatches with the step's denominators add up to the whole batch's", () => {
  const row = (
    from: number,
    to: number,
    newLogprobs: tf.Tensor,
    denominators?: { tokens: number; rows: number },
    aggregation?: "seq-mean-token-mean",
  ) =>
    policyLoss({
      newLogprobs,
      oldLogprobs: new Float32Array([0, 0.1, 0, -0.1, 0, 0]).slice(from, to),
      advantages: new Float32Array([1, -2, 3, 0.5, -1, 2]).slice(from, to),
      mask: new Uint8Array([1, 1, 1, 1, 0, 0]).slice(from, to),
      shape: [(to - from) / 3, 3],
      denominators,
      aggregation,
    });
  const logprobs = tensor([2, 3], 3, 0.1);
  for (const aggregation of [undefined, "seq-mean-token-mean"] as const) {
    const whole = tf
      .grad((x) => row(0, 6, x, undefined, aggregation))(logprobs)
      .dataSync();
    const denominators = { tokens: 4, rows: 2 };
    const [first, second] = [
      [0, 3],
      [3, 6],
    ].map(([from, to]) =>
      tf
        .grad((x) => row(from!, to!, x, denominators, aggregation))(tf.slice(logprobs, [from! / 3, 0], [1, 3]))
        .dataSync(),
    );
    [...first!, ...second!].forEach((x, index) => {
      expect(x).toBeCloseTo(whole[index]!, 7);
    });
  }
});

test("a batch without a valid token gives 0, not NaN", () => {
  expect(value(lossOf([1.5], [1], { mask: new Uint8Array(1) }))).toBe(0);
});

test("a loss leaves one tensor, itself", () => {
  const newLogprobs = tf.zeros([1, 2]);
  const before = tf.memory().numTensors;
  policyLoss({ newLogprobs, oldLogprobs: new Float32Array(2), advantages: new Float32Array(2), mask: new Uint8Array(2), shape: [1, 2] });
  expect(tf.memory().numTensors).toBe(before + 1);
});

test("arrays and options that don't fit are refused", () => {
  expect(() => lossOf([1, 1], [1])).toThrow(PpoLossError);
  expect(() => lossOf([1, 1], [1])).toThrow(/advantages has 1 elements, the mask 2/);
  expect(() => lossOf([1], [1], { shape: [2, 1] })).toThrow(/shape \[2, 1\] wants 2|they must be equal/);
  expect(() => lossOf([1], [1], { clipLow: -0.1 })).toThrow(/clipLow -0.1/);
  expect(() => lossOf([1], [1], { dualClip: 1 })).toThrow(/dualClip above 1/);
  expect(() => lossOf([1], [1], { importanceCap: 2 })).toThrow(/pass both/);
  expect(() => lossOf([1], [1], { aggregation: "mean" })).toThrow(/aggregation is mean/);
  expect(() => lossOf([1], [1], { aggregation: { divisor: 0 } })).toThrow(/divisor is 0/);
});
