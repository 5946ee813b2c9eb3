import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { isOnTape, tapeNode } from "./tape-node.ts";

/** x·3 and x·5; notes the gradients that come back. */
function multiples(x: tf.Tensor, noted: number[][] = []): tf.Tensor[] {
  return tapeNode({
    inputs: { x },
    forward: (save) => {
      save?.([x]);
      return [tf.mul(x, 3), tf.mul(x, 5)];
    },
    backward: (dys) => {
      noted.push(...dys.map((dy) => [...dy.dataSync()]));
      return { x: tf.add(tf.mul(dys[0]!, 3), tf.mul(dys[1]!, 5)) };
    },
  });
}

const x = tf.tensor1d([1, 2]);

test("several results are one entry, whose gradients come together", () => {
  const both = (input: tf.Tensor) => {
    const [a, b] = multiples(input);
    return tf.sum(tf.add(a!, tf.mul(b!, 10)));
  };
  expect([...tf.grad(both)(x).dataSync()]).toEqual([53, 53]);
});

test("zeros come back to a result that nothing came of, and to an input without a gradient", () => {
  const noted: number[][] = [];
  expect([
    ...tf
      .grad((input) => tf.sum(multiples(input, noted)[1]!))(x)
      .dataSync(),
  ]).toEqual([5, 5]);
  expect(noted).toEqual([
    [0, 0],
    [1, 1],
  ]);
  const none = (input: tf.Tensor) => tf.sum(tapeNode({ inputs: { input }, forward: () => [tf.clone(x)], backward: () => ({}) })[0]!);
  expect([
    ...tf
      .grad(none)(tf.tensor1d([7, 8, 9]))
      .dataSync(),
  ]).toEqual([0, 0, 0]);
});

test("a result is on the tape that it was recorded on, and on no other", () => {
  let first: tf.Tensor | undefined;
  tf.grad((input) => {
    first = multiples(input)[0]!;
    expect(isOnTape(first)).toBe(true);
    return tf.sum(first);
  })(x);
  expect(isOnTape(first!)).toBe(false);
  tf.grad((input) => {
    expect(isOnTape(first!)).toBe(false);
    return tf.sum(multiples(input)[0]!);
  })(x);
});

test("what was saved is gone with the gradient, and where the function threw, with the next tape", () => {
  const before = tf.memory().numTensors;
  const evaluate = () => tf.dispose(tf.grad((input) => tf.sum(multiples(input)[0]!))(x));
  evaluate();
  expect(tf.memory().numTensors).toBe(before);
  const failing = tf.grad((input) => {
    multiples(input);
    throw new Error("stopped by the test");
  });
  expect(() => failing(x)).toThrow("stopped by the test");
  evaluate();
  expect(tf.memory().numTensors).toBe(before);
});
