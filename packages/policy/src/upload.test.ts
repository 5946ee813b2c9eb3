import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { onEachBackend } from "./backends.fixture.ts";
import { upload } from "./upload.ts";

onEachBackend((backend) => {
  test("a tensor has the values of its array, wherever that lies in memory, also after others took its place", () => {
    // One of 16 places of four bytes is where TensorFlow uses an array in place.
    const tensors = Array.from({ length: 16 }, (_, place) => {
      const values = new Float32Array(new ArrayBuffer(4 * (place + 6)), 4 * place, 6);
      return upload(values.fill(place), [2, 3]);
    });
    const others = Array.from({ length: 100 }, () => new Float32Array(22).fill(-1));
    for (const [place, tensor] of tensors.entries()) {
      expect(tensor.shape).toEqual([2, 3]);
      expect([...tensor.dataSync()]).toEqual(Array(6).fill(place));
    }
    expect(others).toHaveLength(100);
    tf.dispose(tensors);
  });

  test("nothing but the tensor stays, and on native TensorFlow the array's memory is given back at once", () => {
    const before = tf.memory().numTensors;
    const values = new Float32Array(1 << 20);
    const tensor = upload(values, [1 << 20]);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(values.length).toBe(backend === "tensorflow" ? 0 : 1 << 20);
    tf.dispose(tensor);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a scalar and a tensor without elements are uploaded too", () => {
    const [scalar, empty] = [upload(Float32Array.of(3), []), upload(new Float32Array(0), [0, 2])];
    expect([[...scalar.dataSync()], empty.shape]).toEqual([[3], [0, 2]]);
    tf.dispose([scalar, empty]);
  });
});
