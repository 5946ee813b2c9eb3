import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { createParameter } from "./parameter.ts";

test("assign puts a new value in place and frees the old one", () => {
  const first = tf.tensor1d([1, 2]);
  const parameter = createParameter({ name: "bias", layer: 0, value: first });
  parameter.assign(tf.tensor1d([3, 4]));
  expect(first.isDisposed).toBe(true);
  expect(parameter.value.arraySync()).toEqual([3, 4]);
  expect(parameter).toMatchObject({ name: "bias", layer: 0, shape: [2], trainable: true });
});

test("the value survives the tidy that it was made in", () => {
  tf.engine().startScope();
  const parameter = createParameter({ name: "bias", layer: 0, value: tf.ones([2]) });
  tf.engine().endScope();
  expect(parameter.value.arraySync()).toEqual([1, 1]);
  tf.tidy(() => parameter.assign(tf.zeros([2])));
  expect(parameter.value.arraySync()).toEqual([0, 0]);
});

test("replace frees the old value first, and reading meanwhile is an error", () => {
  const old = tf.tensor1d([1, 2]);
  const parameter = createParameter({ name: "bias", layer: 0, value: old });
  parameter.replace(() => {
    expect(old.isDisposed).toBe(true);
    expect(() => parameter.value).toThrow(/bias has no value while/);
    return tf.tensor1d([5, 6]);
  });
  expect(parameter.value.arraySync()).toEqual([5, 6]);
});

test("assigning its own value keeps it", () => {
  const parameter = createParameter({ name: "bias", layer: 0, value: tf.tensor1d([1]) });
  parameter.assign(parameter.value);
  expect(parameter.value.arraySync()).toEqual([1]);
});

test("a value of another shape or type is refused, and the old one stays", () => {
  const parameter = createParameter({ name: "bias", layer: 0, value: tf.tensor1d([1, 2]) });
  expect(() => parameter.assign(tf.ones([3]))).toThrow(/bias was given float32 \[3\]: it holds float32 \[2\]/);
  expect(() => parameter.assign(tf.ones([2], "int32"))).toThrow(/int32/);
  expect(parameter.value.arraySync()).toEqual([1, 2]);
});
