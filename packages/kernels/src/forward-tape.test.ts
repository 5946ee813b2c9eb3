import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { recordForward } from "./forward-tape.ts";
import { gelu } from "./gelu.ts";
import { linear } from "./linear.ts";
import { recorded } from "./recording.ts";

const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

onEachBackend(() => {
  test("the gradient of Σ results·slopes, from slopes that were made of the results", async () => {
    const x = tf.tensor1d([1, 2]);
    const tape = recordForward(() => ({ squares: tf.square(x) }));
    const slopes = (await tape.results.squares.data<"float32">()).map((square) => square / 2);
    expect(numbers(tape.backward({ squares: slopes }, [x])[0]!)).toEqual([1, 8]); // 2x·x²/2
    tape.dispose();
  });

  test("several results: those with slopes add up, the others count for nothing", () => {
    const x = tf.tensor1d([3]);
    const both = () => ({ double: tf.mul(x, 2), triple: tf.mul(x, 3) });
    const gradient = (slopes: { double?: Float32Array; triple?: Float32Array }) => {
      const tape = recordForward(both);
      const [dx] = tape.backward(slopes, [x]);
      tape.dispose();
      return numbers(dx!);
    };
    expect(gradient({ double: Float32Array.of(1), triple: Float32Array.of(10) })).toEqual([32]);
    expect(gradient({ triple: Float32Array.of(10) })).toEqual([30]);
  });

  test("recorded blocks give the same bits as tf.grads does", () => {
    const x = tf.tensor2d([0.3, -1.2, 0.7, 2.1], [2, 2]);
    const weight = tf.tensor2d([0.5, -0.25, 1.5, 0.125], [2, 2]);
    const slopes = Float32Array.of(0.1, -0.7, 1.3, 0.9);
    const block = () => recorded({ x, weights: { weight }, forward: (input) => gelu(linear(input, weight)) });
    const loss = () => tf.sum(tf.mul(block(), tf.tensor2d(slopes, [2, 2])));
    const { grads } = tf.valueAndGrads(loss)([x, weight]);
    const tape = recordForward(() => ({ y: block() }));
    expect(tape.backward({ y: slopes }, [x, weight]).map(numbers)).toEqual(grads.map(numbers));
    tape.dispose();
  });

  test("tapes that are held at the same time do not disturb each other, nor what tf.grads does meanwhile", () => {
    const weight = tf.tensor2d([2], [1, 1]);
    const record = (value: number) => {
      const x = tf.tensor2d([value], [1, 1]);
      return recordForward(() => ({ y: recorded({ x, weights: { weight }, forward: (input) => gelu(linear(input, weight)) }) }));
    };
    const alone = [1, -0.5].map((value) => {
      const tape = record(value);
      return numbers(tape.backward({ y: Float32Array.of(1) }, [weight])[0]!);
    });
    const first = record(1);
    const second = record(-0.5);
    tf.grad((input) => recorded({ x: input, weights: {}, forward: gelu }))(tf.tensor1d([1]));
    expect(numbers(second.backward({ y: Float32Array.of(1) }, [weight])[0]!)).toEqual(alone[1]);
    expect(numbers(first.backward({ y: Float32Array.of(1) }, [weight])[0]!)).toEqual(alone[0]);
  });

  test("nothing stays: neither after going back, nor without, nor where the function throws", () => {
    const weight = tf.tensor2d([2], [1, 1]);
    const x = tf.tensor2d([1], [1, 1]);
    const forward = () => ({ y: recorded({ x, weights: { weight }, forward: (input) => gelu(linear(input, weight)) }) });
    const before = tf.memory().numTensors;
    const walked = recordForward(forward);
    tf.dispose(walked.backward({ y: Float32Array.of(1) }, [weight]));
    walked.dispose();
    expect(tf.memory().numTensors).toBe(before);
    recordForward(forward).dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() =>
      recordForward(() => {
        forward();
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("what can't be: twice, inside of a gradient, slopes of another length, an x that nothing depends on", () => {
  const x = tf.tensor1d([1]);
  const forward = () => ({ y: tf.square(x) });
  const tape = recordForward(forward);
  expect(() => tape.backward({ y: Float32Array.of(1, 2) }, [x])).toThrow("The slopes of y are 2 numbers: the result y is [1].");
  const before = tf.memory().numTensors;
  tf.dispose(tape.backward({ y: Float32Array.of(1) }, [x]));
  expect(() => tape.backward({ y: Float32Array.of(1) }, [x])).toThrow("walked back or disposed of already");
  const other = tf.tensor1d([1]);
  const lost = recordForward(forward);
  expect(() => lost.backward({ y: Float32Array.of(1) }, [x, other])).toThrow("depends on input 1 [1]");
  lost.dispose();
  other.dispose();
  expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
  expect(() =>
    tf.grad((input) => {
      recordForward(() => ({ y: tf.square(input) }));
      return input;
    })(x),
  ).toThrow("while a gradient is being taken");
});
