import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import type { PreparedBackend } from "./choose.ts";
import { BackendError } from "./error.ts";
import { type KernelChoice, type KernelsInUse, loadKernels, type RequestedKernels, requestedKernels } from "./kernels.ts";
import { notedPackage } from "./native/link.mjs";
import { findTfjsPackages } from "./native/tfjs-package.mjs";
import { restoreRemovedUtil } from "./removed-util.ts";

/** The part of tfjs-node's backend that is read here. */
interface NativeBackend {
  binding: { TF_Version: string };
  isGPUPackage: boolean;
  isUsingGpuDevice: boolean;
}

const packages = { gpu: "@tensorflow/tfjs-node-gpu", native: "@tensorflow/tfjs-node" } as const;

/** What a process has loaded: known to the whole of it, as TensorFlow is. */
const kernelsOf = new WeakMap<NativeBackend, KernelsInUse>();

/**
 * Loads tfjs-node or its GPU twin, the one beside this package or the one in the cache, registers our kernels with it, and makes it tfjs's
 * backend.
 *
 * @param option the level of kernels that the caller asks for
 */
export async function loadNative(choice: "gpu" | "native", option?: KernelChoice): Promise<PreparedBackend> {
  const requested = requestedKernels(option);
  const loaded = nativeBackend();
  if (loaded !== undefined && loaded.isGPUPackage !== (choice === "gpu")) {
    throw new Error(`this process already runs ${packages[loaded.isGPUPackage ? "gpu" : "native"]}, and only one of the two can be loaded`);
  }
  const packageDirectory = loaded === undefined ? requirePackage(choice) : findTfjsPackages({ gpu: choice === "gpu" })[0]?.directory;
  const backend = nativeBackend();
  if (backend === undefined) throw new Error(`${packages[choice]} was loaded but gave no backend: another version than 4.22?`);
  const kernels = await prepareKernels(backend, packageDirectory, requested);
  await tf.setBackend("tensorflow");
  const version = backend.binding.TF_Version;
  const device = backend.isUsingGpuDevice
    ? "on the GPU"
    : choice === "gpu"
      ? "in its CUDA build, on the CPU as no GPU was found"
      : "on the CPU";
  return {
    ...{
      name: "tensorflow",
      package: packages[choice],
      tensorflowVersion: version,
      ...(kernels && { kernels }),
      ...(backend.isUsingGpuDevice && { onGpu: true }),
    },
    reason: `native TensorFlow ${version} ${device}${describeKernels(kernels)}`,
  };
}

async function prepareKernels(
  backend: NativeBackend,
  packageDirectory: string | undefined,
  requested: RequestedKernels | undefined,
): Promise<KernelsInUse | undefined> {
  if (backend.isUsingGpuDevice || packageDirectory === undefined) {
    if (requested === undefined || requested.level === "none") return undefined;
    throw new BackendError(
      "unavailable",
      `${requested.by} is "${requested.level}", and these kernels are for the CPU; here a GPU computes`,
    );
  }
  const inUse = kernelsOf.get(backend) ?? (await withPackage(loadKernels(packageDirectory, requested), packageDirectory));
  kernelsOf.set(backend, inUse);
  if (requested === undefined || requested.level === inUse.level) return inUse;
  const message = `${requested.by} is "${requested.level}", and this process runs the kernels "${inUse.level}" already: a process has one level`;
  throw new BackendError("unavailable", `${message}; ask for it in the first call of prepareBackend`);
}

async function withPackage(kernels: KernelsInUse, packageDirectory: string): Promise<KernelsInUse> {
  const brought = await notedPackage({ packageDirectory, level: kernels.level });
  return { ...kernels, ...(brought !== undefined && { package: brought }) };
}

function describeKernels(kernels: KernelsInUse | undefined): string {
  if (kernels?.because === undefined) return "";
  return kernels.level === "none"
    ? `, without the faster kernels (${kernels.because})`
    : `, with the kernels "${kernels.level}" (${kernels.because})`;
}

/** tfjs-node's backend, if this process has loaded it. */
export function nativeBackend(): NativeBackend | undefined {
  const registered = tf.engine().registryFactory;
  return "tensorflow" in registered ? ((tf.findBackend("tensorflow") as unknown as NativeBackend | null) ?? undefined) : undefined;
}

/** Loads the package, and gives its folder. */
function requirePackage(choice: "gpu" | "native"): string {
  restoreRemovedUtil();
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1"; // TensorFlow's own INFO lines
  const name = packages[choice];
  const failures: string[] = [];
  for (const { directory } of findTfjsPackages({ gpu: choice === "gpu" })) {
    try {
      createRequire(import.meta.url)(directory);
      return directory;
    } catch (error) {
      failures.push(reasonOf(error));
    }
  }
  throw new BackendError("missing", failures.length === 0 ? `${name} is not installed` : `${name} does not load: ${failures[0]}`);
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("tfjs_binding.node) can not be found")) return "its native part has not been set up";
  return message.split("\n", 1)[0]!.trim();
}
