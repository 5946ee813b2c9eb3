export type { BackendChoice, PreparedBackend } from "./choose.ts";
export { type Device, listDevices } from "./devices.ts";
export { BackendError } from "./error.ts";
export { installCommand } from "./install-command.ts";
export type { KernelChoice, KernelsInUse } from "./kernels.ts";
export { measureMatmul } from "./matmul-speed.ts";
export { prepareBackend } from "./prepare.ts";
export type { WebGpuDevice } from "./webgpu/adapter.ts";
