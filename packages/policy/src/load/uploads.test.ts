import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Uploads } from "./uploads.ts";

onEachBackend((backend) => {
  test("tensors keep the numbers that were in the room when they were made, whatever passes through it later", () => {
    const uploads = new Uploads();
    const lengths = [6, 2, 0, 4];
    const tensors = lengths.map((length, turn) => uploads.upload(uploads.room(length).fill(turn), [2, length / 2]));
    uploads.end();
    for (const [turn, tensor] of tensors.entries()) {
      expect(tensor.shape).toEqual([2, lengths[turn]! / 2]);
      expect([...tensor.dataSync()]).toEqual(Array(lengths[turn]!).fill(turn));
    }
    tf.dispose(tensors);
  });

  test("nothing but the tensor stays, and on native TensorFlow the room's memory is given back at the end", () => {
    const before = tf.memory().numTensors;
    const uploads = new Uploads();
    const room = uploads.room(1 << 20);
    const tensor = uploads.upload(room, [1 << 20]);
    uploads.end();
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(room.length).toBe(backend === "tensorflow" ? 0 : 1 << 20);
    tf.dispose(tensor);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("a scalar is uploaded too, and room for nothing may be asked for", () => {
    const uploads = new Uploads();
    const scalar = uploads.upload(uploads.room(1).fill(3), []);
    uploads.end();
    expect([scalar.shape, ...scalar.dataSync()]).toEqual([[], 3]);
    scalar.dispose();
    new Uploads().end();
  });

  if (backend === "tensorflow")
    test("room for a long weight is given back when short ones follow, and stays while they are of one size", () => {
      const uploads = new Uploads();
      const [long, short] = [uploads.room(2 ** 22 + 2), uploads.room(3)];
      expect(long.length).toBe(0);
      expect(uploads.room(2).buffer).toBe(short.buffer);
      uploads.end();
    });
});
