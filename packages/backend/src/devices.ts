import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { promisify } from "node:util";
import { nativeBackend } from "./native.ts";

/** A device that the machine has; the prepared backend computes on the one `inUse`. */
export interface Device {
  type: "CPU" | "GPU";
  name: string;
  inUse: boolean;
}

/**
 * The machine's processor and its NVIDIA GPUs (as `nvidia-smi` names them), and which of them the prepared backend computes on.
 *
 * @example
 * await prepareBackend();
 * for (const device of await listDevices()) console.log(device.type, device.name, device.inUse);
 */
export async function listDevices(): Promise<Device[]> {
  const onGpu = nativeBackend()?.isUsingGpuDevice ?? false;
  const processors = cpus();
  const cpu: Device = { type: "CPU", name: `${processors[0]?.model.trim() || "processor"}, ${processors.length} cores`, inUse: !onGpu };
  const gpus = await gpuNames();
  // tfjs-node computes on the last GPU that TensorFlow lists.
  return [cpu, ...gpus.map((name, index): Device => ({ type: "GPU", name, inUse: onGpu && index === gpus.length - 1 }))];
}

async function gpuNames(): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)("nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader"]);
    return stdout.split("\n").flatMap((line) => line.trim() || []);
  } catch {
    return []; // no driver, no GPU
  }
}
