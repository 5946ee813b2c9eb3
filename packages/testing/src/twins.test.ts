import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { onBackends } from "./backends.ts";
import { tensor } from "./finite-differences.ts";
import { expectTwins } from "./twins.ts";

onBackends(["cpu"], () => {
  const inputs = [tensor([2, 3], 1), tensor([2, 3], 2)];

  test("two orders of a sum are twins", () => {
    expectTwins(
      (a, b) => tf.add(a, b),
      (a, b) => tf.add(b, a),
      inputs,
    );
  });

  test("a value or a gradient that differs is told apart", () => {
    const sum = (a: tf.Tensor, b: tf.Tensor) => tf.add(a, b);
    expect(() => expectTwins((a, b) => tf.mul(1.001, tf.add(a, b)), sum, inputs)).toThrow("value");
    const constant = inputs[1]!.clone();
    const steeper = (a: tf.Tensor, b: tf.Tensor) => tf.add(a, tf.sub(tf.mul(2, b), constant)); // 2b − b, of which b's gradient is 2
    expect(() => expectTwins(steeper, sum, inputs)).toThrow("gradient of input 1");
  });
});
