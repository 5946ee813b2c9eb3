import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { onNativeKernels } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { folderOnDisk, ScratchWeights } from "./scratch-weights.ts";

/** Of systems that have one. */
const folderInMemory = "/dev/shm";

onNativeKernels(() => {
  test("what is read is what was written, to the bit, whatever becomes of the tensors", async () => {
    const folder = await temporaryFolder();
    const vector = tf.tensor1d([1 / 3, -0, Number.NaN, 1e-45]);
    const matrix = tf.reshape(tf.range(0, 300 * 70), [300, 70]); // more than a page
    const scratch = ScratchWeights.write(
      new Map<string, tf.Tensor>([
        ["vector", vector],
        ["matrix", matrix],
        ["again", vector],
      ]),
      folder,
    )!;
    const bits = (tensor: tf.Tensor) => [...new Uint32Array(tensor.dataSync().slice().buffer)];
    const [ofVector, ofMatrix] = [bits(vector), bits(matrix)];
    tf.dispose([vector, matrix]);
    const before = tf.memory().numTensors;
    for (let time = 0; time < 2; time++)
      tf.tidy(() => {
        expect(scratch.read("matrix").shape).toEqual([300, 70]);
        expect(bits(scratch.read("matrix"))).toEqual(ofMatrix);
        expect(bits(scratch.read("again"))).toEqual(ofVector);
        expect(bits(scratch.read("vector"))).toEqual(ofVector);
      });
    expect(tf.memory().numTensors).toBe(before);
    scratch.dispose();
  });

  test("the file has no name, and what was read outlives it", async () => {
    const folder = await temporaryFolder();
    const scratch = ScratchWeights.write(new Map([["one", tf.tensor1d([1, 2])]]), folder)!;
    expect(readdirSync(folder)).toEqual([]);
    const one = scratch.read("one");
    scratch.dispose();
    scratch.dispose();
    expect([...one.dataSync()]).toEqual([1, 2]);
    expect(() => scratch.read("one")).toThrow(expect.objectContaining({ name: "PolicyError", code: "disposed" }));
  });

  test("an operation that takes over the memory of its input leaves the file as it is", async () => {
    const scratch = ScratchWeights.write(new Map([["ones", tf.ones([64])]]), await temporaryFolder())!;
    const doubled = tf.tidy(() => tf.mul(scratch.read("ones"), 2));
    expect(doubled.dataSync()[63]).toBe(2);
    expect(scratch.read("ones").dataSync()[63]).toBe(1);
    scratch.dispose();
  });

  test("where the folder takes no file, the message says which and what to do", async () => {
    const noFolder = join(await temporaryFolder(), "file");
    writeFileSync(noFolder, "");
    expect(() => ScratchWeights.write(new Map([["one", tf.ones([2])]]), noFolder)).toThrow(
      expect.objectContaining({ name: "PolicyError", code: "cannot-write", message: expect.stringContaining(noFolder) }),
    );
  });
});

test("folders in memory, and folders that are not there, are passed over", () => {
  const useless = ["/no-such-folder", ...(existsSync(folderInMemory) ? [folderInMemory] : [])];
  expect(folderOnDisk(useless)).toBeUndefined();
  expect(folderOnDisk([...useless, process.cwd()])).toBe(folderOnDisk([process.cwd()]));
});

test("on other backends nothing is written", async () => {
  await tf.setBackend("cpu");
  const folder = await temporaryFolder();
  expect(ScratchWeights.write(new Map([["one", tf.ones([2])]]), folder)).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});
