export type { DownloadProgress } from "./download-snapshot.ts";
export { HubError } from "./error.ts";
export { type ResolveModelOptions, resolveModel, resolveOnnxModel } from "./resolve-model.ts";
