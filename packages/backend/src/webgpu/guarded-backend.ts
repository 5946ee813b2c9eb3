import type { GpuDevice } from "./adapter.ts";
import { type BufferPool, trimPool } from "./trim-pool.ts";

interface TensorData {
  readonly dtype: string;
  readonly resource?: object | null;
  values?: unknown;
}

/** What of tfjs's WebGPU backend is used here. */
export interface WebGpuBackend {
  readonly tensorMap: { get(dataId: object): TensorData | undefined };
  readonly bufferManager: BufferPool;
  read(dataId: object): Promise<unknown>;
  readSync(dataId: object): unknown;
  uploadToGPU(dataId: object): void;
}

/**
 * Makes tfjs's backend fit for training in Node:
 * - It tells what went wrong on its device. WebGPU reports faults (a buffer that is too large, memory that ran out, a driver that was reset) beside
 *   the calls that caused them, and goes on with zeros: here the next read throws, and all that follow.
 * - Integers that came from an array can be read synchronously, which no Node can do with what the device computed: a read of that says what to do
 *   instead.
 * - Floats that were read are not kept beside those on the device: a checkpoint would leave a second copy of the model in memory.
 * - Buffers that nothing uses are freed where they are many: tfjs keeps each for the next of its size, and sizes change with every batch.
 *
 * @param describe what to throw for a fault
 */
export function guardBackend(backend: WebGpuBackend, device: GpuDevice, describe: (fault: string) => Error): void {
  let fault: string | undefined;
  device.addEventListener("uncapturederror", ({ error }) => {
    fault ??= error.message;
  });
  void device.lost.then(({ message }) => {
    fault ??= `the device was lost: ${message}`;
  });
  const { read, readSync, uploadToGPU } = backend;
  backend.read = async (dataId) => {
    const values = await read.call(backend, dataId).catch((error: unknown) => {
      throw fault === undefined ? error : describe(fault);
    });
    if (fault !== undefined) throw describe(fault);
    const tensor = backend.tensorMap.get(dataId);
    if (tensor?.dtype === "float32" && tensor.resource != null) tensor.values = null;
    trimPool(backend.bufferManager);
    return values;
  };
  const hasCanvas = "OffscreenCanvas" in globalThis;
  backend.readSync = (dataId) => {
    if (!hasCanvas && backend.tensorMap.get(dataId)?.values == null)
      throw describe("its numbers were asked for synchronously (dataSync, arraySync), which needs a browser: await data() instead");
    return readSync.call(backend, dataId);
  };
  backend.uploadToGPU = (dataId) => {
    const tensor = backend.tensorMap.get(dataId)!;
    const { dtype, values } = tensor;
    uploadToGPU.call(backend, dataId);
    if (dtype === "int32" && values != null) tensor.values = values;
  };
}
