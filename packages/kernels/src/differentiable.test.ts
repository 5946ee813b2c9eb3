import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { differentiable } from "./differentiable.ts";
import type { Save } from "./tape-node.ts";

/** x·w + 3, which notes which gradients were computed and whether there was a tape. */
function noted() {
  const computed: string[] = [];
  const tapes: boolean[] = [];
  const f = (x: tf.Tensor, w: tf.Tensor) =>
    differentiable({
      inputs: { x, w },
      forward: (save?: Save) => {
        tapes.push(save !== undefined);
        save?.([x, w]);
        return tf.add(tf.mul(x, w), 3);
      },
      gradients: (dy, [savedX, savedW]) => {
        const product = (name: string, factor: tf.Tensor) => () => {
          computed.push(name);
          return tf.mul(dy, factor);
        };
        return { x: product("x", savedW!), w: product("w", savedX!) };
      },
    });
  return { f, computed, tapes };
}

const x = tf.tensor1d([2, 3]);
const w = tf.tensor1d([5, 7]);

test("gives the function's value and its own gradients", () => {
  const { f } = noted();
  expect([...f(x, w).dataSync()]).toEqual([13, 24]);
  const [forX, forW] = tf.grads((a, b) => tf.sum(f(a!, b!)))([x, w]);
  expect([...forX!.dataSync()]).toEqual([5, 7]);
  expect([...forW!.dataSync()]).toEqual([2, 3]);
});

test("the gradient of an input that nobody asked for is not computed", () => {
  const { f, computed } = noted();
  tf.grad((a) => tf.sum(f(a, w)))(x);
  expect(computed).toEqual(["x"]);
});

test("save is there on a tape only", () => {
  const { f, tapes } = noted();
  f(x, w);
  tf.grad((a) => tf.sum(f(a, w)))(x);
  expect(tapes).toEqual([false, true]);
});

test("what was saved is freed after the backward pass", () => {
  const { f } = noted();
  const before = tf.memory().numTensors;
  tf.dispose(tf.grads((a, b) => tf.sum(f(a!, b!)))([x, w]));
  expect(tf.memory().numTensors).toBe(before);
});
