// For bundles that run in browsers: nothing of Node's is imported.
export { BackendError } from "./error.ts";
export { measureMatmul } from "./matmul-speed.ts";
export { type BrowserBackendChoice, type PreparedBrowserBackend, prepareBackend } from "./prepare-browser.ts";
export type { WebGpuDevice } from "./webgpu/adapter.ts";
