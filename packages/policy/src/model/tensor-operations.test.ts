import "@tensorflow/tfjs";
import { rotation } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { tensorOperations } from "./tensor-operations.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const weights: Readonly<Record<string, tf.Tensor>> = {
  "norm.weight": tf.tensor1d([2, 3]),
  "norm.bias": tf.tensor1d([10, 20]),
};
/** One query head, one of keys and one of values, two numbers each, at position 1: a quarter turn in the first layer, none in the second. */
const operations = tensorOperations({
  weight: (name) => weights[name]!,
  linear: (name, input, { norm, activation, residual }) => {
    expect([name, activation]).toEqual(["layer", "gelu"]);
    expect([norm!.gain, norm!.bias, norm!.epsilon]).toEqual([weights["norm.weight"], weights["norm.bias"], 0.5]);
    return tf.add(input, residual!) as tf.Tensor2D;
  },
  attend: ({ layer, queryKeyValue, heads, keyValueHeads }) => {
    expect([heads, keyValueHeads]).toEqual([1, 1]);
    return tf.add(queryKeyValue, 100 * layer) as tf.Tensor2D;
  },
  attention: { headCount: 1, keyValueHeadCount: 1, headSize: 2 },
  turns: (layer) => (layer === 0 ? rotation(tf.tensor1d([1], "int32"), Float32Array.of(Math.PI / 2)) : undefined),
});
const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()].map((x) => Math.round(x * 1000) / 1000 + 0);
const [query, key, value] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4]]), tf.tensor2d([[5, 6]])] as const;

test("a linear layer is handed the weights of the norm before it", () => {
  const fusion = { norm: { name: "norm", epsilon: 0.5 }, activation: "gelu", residual: tf.tensor2d([[100, 200]]) } as const;
  expect(numbers(operations.linear("layer", query, fusion))).toEqual([101, 202]);
});

test("queries and keys are turned by their positions, values are not, and a layer without turns leaves all as they are", () => {
  expect(numbers(operations.attend(0, [query, key, value]))).toEqual([-2, 1, -4, 3, 5, 6]);
  expect(numbers(operations.attend(1, [query, key, value]))).toEqual([101, 102, 103, 104, 105, 106]);
  expect(numbers(operations.attend(1, [tf.tensor2d([[1, 2, 3, 4, 5, 6]])]))).toEqual([101, 102, 103, 104, 105, 106]);
});

test("norms by the weights of their name, gates, sums and factors", () => {
  // Mean 1, variance 1; mean square 25.
  expect(numbers(operations.layerNorm(tf.tensor2d([[0, 2]]), { name: "norm", epsilon: 0 }))).toEqual([8, 23]);
  expect(numbers(operations.rmsNorm("norm", tf.tensor2d([[1, 7]]), { epsilon: 0, gainOffset: 1 }))).toEqual([0.6, 5.6]);
  expect(numbers(operations.gated("silu", tf.tensor2d([[1]]), tf.tensor2d([[10]])))).toEqual([7.311]);
  expect(numbers(operations.gated("gelu", tf.tensor2d([[1]]), tf.tensor2d([[10]])))).toEqual([8.412]);
  expect(numbers(operations.add(query, key))).toEqual([4, 6]);
  expect(numbers(operations.scale(query, 3))).toEqual([3, 6]);
});
