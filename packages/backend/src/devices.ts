import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { nativeBackend } from "./native.ts";
import { openedWebGpu } from "./webgpu/load-webgpu.ts";

/** A device that the machine has; the prepared backend computes on the one `inUse`. */
export interface Device {
  type: "CPU" | "GPU";
  name: string;
  inUse: boolean;
}

/**
 * The machine's processor, its NVIDIA GPUs (as `nvidia-smi` names them) and the GPU that WebGPU computes on, and which of them the prepared
 * backend computes on.
 *
 * @example
 * await prepareBackend();
 * for (const device of await listDevices()) console.log(device.type, device.name, device.inUse);
 */
export async function listDevices(): Promise<Device[]> {
  const webGpu = tf.getBackend() === "webgpu" ? openedWebGpu() : undefined;
  const gpus = await gpuNames();
  if (webGpu !== undefined && !webGpu.isSoftware) {
    const others = gpus
      .filter((name) => !name.startsWith(`${webGpu.adapter},`))
      .map((name): Device => ({ type: "GPU", name, inUse: false }));
    return [processor(false), { type: "GPU", name: `${webGpu.adapter}, by WebGPU`, inUse: true }, ...others];
  }
  const onCuda = webGpu === undefined && tf.getBackend() === "tensorflow" && (nativeBackend()?.isUsingGpuDevice ?? false);
  // tfjs-node computes on the last GPU that TensorFlow lists.
  return [processor(!onCuda), ...gpus.map((name, index): Device => ({ type: "GPU", name, inUse: onCuda && index === gpus.length - 1 }))];
}

function processor(inUse: boolean): Device {
  const processors = cpus();
  return { type: "CPU", name: `${processors[0]?.model.trim() || "processor"}, ${processors.length} cores`, inUse };
}

async function gpuNames(): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)("nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader"]);
    return stdout.split("\n").flatMap((line) => line.trim() || []);
  } catch {
    return []; // no driver, no GPU
  }
}
