import * as tf from "@tensorflow/tfjs-core";
import type { Nested } from "./compare.ts";
import { floats, shapeOf } from "./golden-json.ts";

/** A scalar function of one tensor: its value, and its gradient row by row. */
export function valueAndGradient(f: (x: tf.Tensor) => tf.Tensor, at: Nested): { value: number; gradient: Float32Array } {
  const x = tf.tensor(floats(at), shapeOf(at), "float32");
  const { value, grad } = tf.valueAndGrad((input) => f(input))(x);
  const result = { value: value.dataSync()[0]!, gradient: grad.dataSync<"float32">() };
  tf.dispose([x, value, grad]);
  return result;
}

/** The numbers of a tensor made in `compute`; everything is freed. */
export function numbersOf(compute: () => tf.Tensor): Float32Array {
  const tensor = tf.tidy(compute);
  const numbers = tensor.dataSync<"float32">();
  tensor.dispose();
  return numbers;
}
