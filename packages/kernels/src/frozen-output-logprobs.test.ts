import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { frozenOutputLogprobs } from "./frozen-output-logprobs.ts";
import { hiddenLogprobs } from "./hidden-logprobs.ts";

const ids = Int32Array.of(6, 0, 3, 3, 1);
const temperature = 0.7;
const [hidden, weight] = [() => tensor([5, 4], 1), () => tensor([7, 4], 2)];

onEachBackend(() => {
  test("with one row of two tokens the gradient is half the difference of their rows of the matrix", () => {
    // p = 1/2 each, so d logprob / dx = W[1] − (W[0] + W[1]) / 2 = [1, −3] / 2, by the slope 4
    const matrix = tf.tensor2d([[1, 2], [2, -1]]); // biome-ignore format: a matrix
    const f = (x: tf.Tensor) => tf.mul(frozenOutputLogprobs({ hidden: x, weight: matrix, ids: Int32Array.of(1), temperature: 1 }), 4);
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(f(x)))(tf.zeros([1, 2]));
    expect(value.dataSync()[0]).toBeCloseTo(4 * Math.log(1 / 2), 5);
    grad.dataSync().forEach((one, column) => {
      expect(one).toBeCloseTo([2, -6][column]!, 5);
    });
  });

  test.each([1, 2, 3, 5, 9])("values and gradients are those of a matrix that is trained, %i rows at once", (rowsAtOnce) => {
    const slopes = tensor([5], 8);
    const weighed = (logprobs: tf.Tensor) => tf.sum(tf.mul(logprobs, slopes));
    const frozen = tf.valueAndGrad((x: tf.Tensor) =>
      weighed(frozenOutputLogprobs({ hidden: x, weight: weight(), ids, temperature, rowsAtOnce })),
    )(hidden());
    const trained = tf.valueAndGrad((x: tf.Tensor) => weighed(hiddenLogprobs({ hidden: x, weight: weight(), ids, temperature }).logprobs))(
      hidden(),
    );
    for (const name of ["value", "grad"] as const)
      frozen[name].dataSync().forEach((one, index) => {
        expect(one).toBeCloseTo(trained[name].dataSync()[index]!, 5);
      });
  });

  test("gradients agree with finite differences", () => {
    const matrix = weight();
    const f = (x?: tf.Tensor) => frozenOutputLogprobs({ hidden: x!, weight: matrix, ids, temperature, rowsAtOnce: 2 });
    expectGradientsByFiniteDifferences(f, [hidden()]);
  });

  test("for the way back a row of hidden states is saved for each, and no logits", () => {
    const [x, matrix] = [tensor([5, 4], 1), tensor([1000, 4], 2)];
    let saved = 0;
    const f = (states: tf.Tensor) => {
      const before = tf.memory().numBytes;
      const logprobs = frozenOutputLogprobs({ hidden: states, weight: matrix, ids, temperature });
      saved = tf.memory().numBytes - before - 4 * ids.length;
      return tf.sum(logprobs);
    };
    const before = tf.memory().numTensors;
    tf.dispose(tf.grad(f)(x));
    expect(saved).toBe(4 * x.size);
    tf.dispose(tf.tidy(() => f(x)));
    expect(tf.memory().numTensors).toBe(before);
  });
});
