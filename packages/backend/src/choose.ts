import { fileURLToPath } from "node:url";
import { BackendError } from "./error.ts";
import { installCommand, webGpuCommand } from "./install-command.ts";
import type { KernelsInUse } from "./kernels.ts";
import type { WebGpuDevice } from "./webgpu/adapter.ts";

/** In the order in which they are tried: from the fastest. */
const order = ["gpu", "webgpu", "native", "wasm", "cpu"] as const;

/** A backend by the name that a user gives it. */
export type BackendChoice = (typeof order)[number];

/** The backend that tfjs now computes on. */
export interface PreparedBackend {
  /** tfjs's own name for it; `tensorflow` is the native library, on CPU or GPU. */
  name: "tensorflow" | "webgpu" | "wasm" | "cpu";
  /** The npm package that brought it. */
  package: string;
  /** What was chosen and why, as a sentence's end: "native TensorFlow 2.20.0 on the CPU". */
  reason: string;
  /** The version of native TensorFlow, where that is what computes. */
  tensorflowVersion?: string;
  /** Our kernels in native TensorFlow, where it computes on the CPU. */
  kernels?: KernelsInUse;
  /** What WebGPU computes on, where it computes. */
  webgpu?: WebGpuDevice;
  /** Native TensorFlow computes on a GPU. */
  onGpu?: boolean;
  /** The command that brings native TensorFlow, where it is missing. */
  fix?: string;
}

/**
 * Makes one backend tfjs's own. Throws an error that says why where it cannot be had, and then has changed nothing.
 *
 * @param asked by name, and not because it comes next
 */
export type BackendLoader = (asked: boolean) => Promise<PreparedBackend>;

const here = fileURLToPath(import.meta.url);
const fix = installCommand(here);

/** What brings a backend that is not installed. */
const remedies: Record<BackendChoice, string> = {
  gpu: `${fix} --gpu`,
  webgpu: webGpuCommand(here),
  native: fix,
  wasm: "npm ci",
  cpu: "npm ci",
};

/**
 * The backend that was asked for by name, or else the first in order that loads.
 *
 * @throws BackendError `unavailable` if the one asked for does not load, or none does, or kernels that are asked for can't be had
 */
export async function chooseBackend(loaders: Record<BackendChoice, BackendLoader>, prefer?: BackendChoice): Promise<PreparedBackend> {
  if (prefer !== undefined) {
    if (!order.includes(prefer))
      throw new BackendError("unavailable", `there is no backend "${prefer}": choose one of ${order.join(", ")}`);
    return loaders[prefer](true).catch((error: unknown) => {
      if (isFinal(error)) throw error;
      const remedy = BackendError.isInstance(error) ? `; bring it with: ${remedies[prefer]}` : "";
      throw new BackendError("unavailable", `the backend "${prefer}" cannot be had: ${messageOf(error)}${remedy}`, { cause: error });
    });
  }
  const failures: Partial<Record<BackendChoice, string>> = {};
  for (const choice of order) {
    try {
      const prepared = await loaders[choice](false);
      // The CUDA build without a GPU of NVIDIA's: another one may be there.
      if (choice === "gpu" && !prepared.onGpu) return await loaders.webgpu(false).catch(() => loaders.gpu(false));
      if (failures.native === undefined) return prepared;
      return { ...prepared, reason: `${prepared.reason}, because native TensorFlow is missing (${failures.native})`, fix };
    } catch (error) {
      if (isFinal(error)) throw error;
      failures[choice] = messageOf(error);
    }
  }
  const tried = order.map((choice) => `${choice}: ${failures[choice]}`).join("; ");
  throw new BackendError("unavailable", `no backend could be loaded (${tried}): reinstall the packages with npm ci`);
}

/** Of an error that another backend is no answer to. */
function isFinal(error: unknown): boolean {
  return BackendError.isInstance(error) && error.code !== "missing";
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? message;
}
