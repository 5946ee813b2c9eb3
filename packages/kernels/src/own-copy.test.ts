import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { ownCopy } from "./own-copy.ts";

onEachBackend(() => {
  test("a copy keeps its numbers when the array changes that the tensor was made of, wherever that lies in memory", () => {
    // One of 16 places of four bytes is where TensorFlow uses an array in place.
    for (let place = 0; place < 16; place++) {
      const values = new Float32Array(new ArrayBuffer(4 * (place + 6)), 4 * place, 6).fill(place);
      const tensor = tf.tensor2d(values, [2, 3]);
      const copy = ownCopy(tensor);
      values.fill(-1);
      tensor.dispose();
      expect([copy.shape, copy.dtype, [...copy.dataSync()]]).toEqual([[2, 3], "float32", Array(6).fill(place)]);
      copy.dispose();
    }
  });

  test("a scalar, an empty tensor and one that is large enough for several threads are copied; nothing else stays", () => {
    const before = tf.memory().numTensors;
    const large = Float32Array.from({ length: 200_001 }, (_, index) => index);
    for (const [values, shape] of [
      [Float32Array.of(3), []],
      [new Float32Array(0), [0, 2]],
      [large, [3, 66_667]],
    ] as const) {
      const tensor = tf.tensor(values, [...shape]);
      const copy = ownCopy(tensor);
      expect(copy.shape).toEqual(shape);
      const copied = copy.dataSync();
      expect(copied.length === values.length && copied.every((value, index) => value === values[index])).toBe(true);
      tf.dispose([tensor, copy]);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
