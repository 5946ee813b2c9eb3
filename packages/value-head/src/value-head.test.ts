import { expectGradientsByFiniteDifferences, numbers, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { ValueHead } from "./value-head.ts";

onEachBackend(() => {
  test("the value is w·h + b, for each token", () => {
    const head = ValueHead.create({ hiddenSize: 2, weight: new Float32Array([1, 10]), bias: 0.5 });
    expect(
      head
        .values(
          tf.tensor3d([
            [
              [1, 2],
              [0, 1],
            ],
          ]),
        )
        .arraySync(),
    ).toEqual([[21.5, 10.5]]);
  });

  test("a whole text's hidden state has one value", () => {
    const head = ValueHead.create({ hiddenSize: 2, weight: new Float32Array([1, 10]), bias: 0.5 });
    expect(head.values(tf.tensor2d([1, 2, 0, 1], [2, 2])).arraySync()).toEqual([21.5, 10.5]);
  });

  test("a new head gives 0 everywhere", () => {
    const values = ValueHead.create({ hiddenSize: 3 }).values(tensor([2, 2, 3]));
    expect([...values.dataSync()].map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  test("the gradient with respect to the hidden states agrees with finite differences", () => {
    const head = ValueHead.create({ hiddenSize: 3, weight: numbers(3), bias: 1 });
    expectGradientsByFiniteDifferences((hidden) => head.values(hidden!), [tensor([2, 2, 3])]);
  });

  test("the gradient of the summed values is Σh for the weight and the token count for the bias", () => {
    const head = ValueHead.create({ hiddenSize: 2 });
    const hidden = tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 3, 2]);
    const parameters = [...head.parameters.values()].map(({ value }) => value);
    const [weight, bias] = tf.grads(() => tf.sum(head.values(hidden)))(parameters);
    expect(weight!.arraySync()).toEqual([[9, 12]]);
    expect(bias!.arraySync()).toEqual([3]);
  });

  test("dispose leaves no tensors behind", () => {
    const before = tf.memory().numTensors;
    const head = ValueHead.create({ hiddenSize: 2 });
    const hidden = tensor([1, 2, 2]);
    tf.dispose([head.values(hidden), hidden]);
    head.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("parameters have the names and shapes of TRL's value head, and stand above every layer", () => {
  const { parameters } = ValueHead.create({ hiddenSize: 3 });
  expect([...parameters].map(([name, { shape }]) => [name, shape])).toEqual([
    ["v_head.weight", [1, 3]],
    ["v_head.bias", [1]],
  ]);
  for (const { layer } of parameters.values()) expect(layer).toBeGreaterThan(1000);
});

test("weights and hidden states of another size are refused", () => {
  expect(() => ValueHead.create({ hiddenSize: 3, weight: new Float32Array(2) })).toThrow(/weight has 2 numbers: hiddenSize is 3/);
  expect(() => ValueHead.create({ hiddenSize: 3 }).values(tf.zeros([1, 2, 4]))).toThrow(
    /\[1,2,4\]: this head takes \[B, T, 3\] or \[B, 3\]/,
  );
  expect(() => ValueHead.create({ hiddenSize: 3 }).values(tf.zeros([3]))).toThrow(/Hidden states are \[3\]/);
});
