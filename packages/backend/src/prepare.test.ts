import * as tf from "@tensorflow/tfjs-core";
import { expect, test, vi } from "vitest";
import type { BackendChoice } from "./choose.ts";
import { listDevices } from "./devices.ts";
import type { KernelChoice } from "./kernels.ts";
import { measureMatmul } from "./matmul-speed.ts";
import { processorLevels } from "./native/levels.mjs";
import { prepareBackend } from "./prepare.ts";

const nativeAvailable = await prepareBackend({ prefer: "native" }).then(
  () => true,
  () => false,
);

/** [[1, 2], [3, 4]]² and the gradient of its sum: [[7, 11], [9, 13]] = row sums of a plus column sums of a, by hand. */
async function squareAndGradient() {
  const matrix = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const square = tf.matMul(matrix, matrix);
  const gradient = tf.grad((a: tf.Tensor) => tf.sum(tf.matMul(a as tf.Tensor2D, a as tf.Tensor2D)))(matrix);
  return { square: [...(await square.data())], gradient: [...(await gradient.data())] };
}

test("the best backend here computes, with gradients", async () => {
  const prepared = await prepareBackend();
  expect(tf.getBackend()).toBe(prepared.name);
  expect(await squareAndGradient()).toEqual({ square: [7, 10, 15, 22], gradient: [7, 11, 9, 13] });
});

for (const prefer of ["native", "wasm", "cpu"] satisfies BackendChoice[]) {
  test.runIf(prefer !== "native" || nativeAvailable)(`${prefer} computes when asked for (native where it loads)`, async () => {
    const prepared = await prepareBackend({ prefer });
    expect(tf.getBackend()).toBe(prepared.name);
    expect(prepared.name).toBe(prefer === "native" ? "tensorflow" : prefer);
    expect(await squareAndGradient()).toEqual({ square: [7, 10, 15, 22], gradient: [7, 11, 9, 13] });
  });
}

test("a call without a wish keeps the backend that was asked for before", async () => {
  const asked = await prepareBackend({ prefer: "wasm" });
  expect(await prepareBackend()).toBe(asked);
});

test("calls at the same time give one answer", async () => {
  const [first, second, third] = await Promise.all([prepareBackend({ prefer: "cpu" }), prepareBackend(), prepareBackend()]);
  expect(second).toBe(first);
  expect(third).toBe(first);
});

test("tfjs's advice to install tfjs-node is not printed", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  await prepareBackend({ prefer: "cpu" });
  await tf.tensor1d([1]).data();
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test("a wish that failed leaves the backend in use", async () => {
  const before = await prepareBackend({ prefer: "cpu" });
  await expect(prepareBackend({ prefer: "tpu" as BackendChoice })).rejects.toThrow(/tpu/);
  expect(await prepareBackend()).toBe(before);
});

test("one device is in use, and it multiplies", async () => {
  await prepareBackend();
  const devices = await listDevices();
  expect(devices.filter(({ inUse }) => inUse)).toHaveLength(1);
  expect(devices[0]?.type).toBe("CPU");
  const tensors = tf.memory().numTensors;
  expect(await measureMatmul()).toBeGreaterThan(0);
  expect(tf.memory().numTensors).toBe(tensors);
});

test.runIf(nativeAvailable)("native TensorFlow tells the level of its kernels, and which there are (where it loads)", async () => {
  const { kernels } = await prepareBackend({ prefer: "native" });
  expect(kernels).toBeDefined();
  expect(kernels!.levels.map(({ level }) => level)).toEqual(processorLevels());
  expect(kernels!.compiler).toMatch(kernels!.level === "none" ? /^undefined$/ : /^(GCC|Clang) \d+/);
});

test("kernels for another backend than native TensorFlow, and such as there are none of, are refused", async () => {
  await expect(prepareBackend({ prefer: "wasm", kernels: "baseline" })).rejects.toThrow(/"baseline" are native TensorFlow's.*"wasm"/);
  await expect(prepareBackend({ kernels: "sse9" as KernelChoice })).rejects.toThrow(/"sse9", and there are no such kernels.*none$/);
});

test.runIf(nativeAvailable)(
  "a process has one level: another one is refused, the same is not (where native TensorFlow loads)",
  async () => {
    const { kernels } = await prepareBackend({ prefer: "native" });
    expect((await prepareBackend({ kernels: kernels!.level })).kernels?.level).toBe(kernels!.level);
    const other = kernels!.level === "none" ? "baseline" : "none";
    await expect(prepareBackend({ kernels: other })).rejects.toThrow(/already: a process has one level/);
  },
);
