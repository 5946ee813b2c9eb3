import { onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { listDevices } from "../devices.ts";
import { measureMatmul } from "../matmul-speed.ts";
import { prepareBackend } from "../prepare.ts";
import type { Gpu, GpuAdapter } from "./adapter.ts";

await onWebGpu(() => {
  test("it computes, with gradients", async () => {
    const prepared = await prepareBackend({ prefer: "webgpu" });
    expect(prepared).toMatchObject({ name: "webgpu", package: "@tensorflow/tfjs-backend-webgpu" });
    const matrix = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const square = tf.matMul(matrix, matrix);
    const gradient = tf.grad((a: tf.Tensor) => tf.sum(tf.matMul(a as tf.Tensor2D, a as tf.Tensor2D)))(matrix);
    expect([...(await square.data())]).toEqual([7, 10, 15, 22]);
    expect([...(await gradient.data())]).toEqual([7, 11, 9, 13]);
  });

  test("it names its adapter, what it can hold, and whether it computes on the processor", async () => {
    const { webgpu, reason } = await prepareBackend({ prefer: "webgpu" });
    expect(reason).toContain(webgpu!.adapter);
    expect(/computes on the processor, for tests only$/.test(reason)).toBe(webgpu!.isSoftware);
    const { gpu } = (globalThis as unknown as { navigator: { gpu: Gpu } }).navigator;
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    const { device } = tf.backend() as unknown as { device: Pick<GpuAdapter, "limits"> };
    for (const limit of ["maxBufferSize", "maxStorageBufferBindingSize"] as const) {
      expect(device.limits[limit]).toBe(adapter!.limits[limit]);
      expect(webgpu!.limits[limit]).toBe(adapter!.limits[limit]);
    }
    // 256 MB is what a device has whose limits nobody asked for.
    expect(device.limits.maxBufferSize).toBeGreaterThan(2 ** 28);
  });

  test("one device is in use, no GPU where the processor computes", async () => {
    await prepareBackend({ prefer: "webgpu" });
    const devices = await listDevices();
    const { isSoftware } = (await prepareBackend()).webgpu!;
    expect(devices.filter(({ inUse }) => inUse)).toMatchObject([{ type: isSoftware ? "CPU" : "GPU" }]);
    expect(await measureMatmul()).toBeGreaterThan(0);
  });

  test("a synchronous read of what the device computed says what to do instead", async () => {
    const sum = tf.add(tf.fill([2000], 1), 1);
    expect(() => sum.dataSync()).toThrow(/synchronously.*await data\(\) instead/);
    expect((await sum.data())[0]).toBe(2);
  });

  test("it leaves the process to others", async () => {
    await prepareBackend({ prefer: "cpu" });
    expect(tf.getBackend()).toBe("cpu");
    const values = tf.tensor1d([1, 2]);
    await prepareBackend({ prefer: "webgpu" });
    expect([...(await tf.add(values, values).data())]).toEqual([2, 4]);
  });
});
