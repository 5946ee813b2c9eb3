import * as tf from "@tensorflow/tfjs-core";
import type { PreparedBackend } from "../choose.ts";
import { BackendError } from "../error.ts";
import { describeAdapter, type Gpu, type GpuAdapter, openDevice, type WebGpuDevice } from "./adapter.ts";
import { guardBackend, type WebGpuBackend } from "./guarded-backend.ts";
import { orderProducts } from "./ordered-products.ts";

const name = "@tensorflow/tfjs-backend-webgpu";

/** What this process computes on, since it was first asked for: tfjs has one backend of a name. */
let opened: WebGpuDevice | undefined;

/** What WebGPU computes on, once it was prepared. */
export const openedWebGpu = (): WebGpuDevice | undefined => opened;

/**
 * Makes WebGPU tfjs's backend, on the fastest adapter that `gpu` has.
 *
 * @param gpu `navigator.gpu`, which must be defined too: tfjs looks for it there
 * @param software take an adapter that computes on the processor; without it such a one is refused
 */
export async function loadWebGpu({ gpu, software }: { gpu: Gpu; software: boolean }): Promise<PreparedBackend> {
  if (opened === undefined) {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (adapter === null) throw new Error("no adapter was found: does the GPU's driver bring Vulkan, Metal or Direct3D 12?");
    const described = describeAdapter(adapter);
    refuseSoftware(described, software);
    await register(adapter, described.adapter);
    opened = described;
    // The product without barriers: where threads are loops of a processor, tfjs's own choice takes four times as long.
    if (opened.isSoftware) tf.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", 2);
  } else refuseSoftware(opened, software);
  if (!(await tf.setBackend("webgpu"))) throw new Error("tfjs did not take its WebGPU backend");
  return { name: "webgpu", package: name, reason: describe(opened), webgpu: opened };
}

function refuseSoftware({ isSoftware, adapter }: WebGpuDevice, software: boolean): void {
  if (isSoftware && !software) throw new Error(`there is no GPU, only ${adapter}, which computes on the processor`);
}

function describe({ adapter, driver, isSoftware }: WebGpuDevice): string {
  const by = driver === "" || driver === adapter ? "" : `, ${driver}`;
  return `WebGPU on ${adapter}${by}${isSoftware ? ", which computes on the processor, for tests only" : ""}`;
}

async function register(adapter: GpuAdapter, adapterName: string): Promise<void> {
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu").catch((error: unknown) => {
    throw new BackendError("missing", `${name} is not installed`, { cause: error });
  });
  const device = await openDevice(adapter);
  const backend = new WebGPUBackend(device as never, adapter.info as never);
  guardBackend(backend as unknown as WebGpuBackend, device, (fault) => new BackendError("device", `WebGPU on ${adapterName}: ${fault}`));
  // In place of the package's own, which asks for no half precision.
  if ("webgpu" in tf.engine().registryFactory) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => backend);
  orderProducts();
}
