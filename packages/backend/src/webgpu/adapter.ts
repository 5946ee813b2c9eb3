/** The part of a WebGPU adapter, the browser's or Dawn's, that is read here. */
export interface GpuAdapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<LimitName, number>>;
  requestDevice(options: { requiredFeatures: string[]; requiredLimits: Record<string, number> }): Promise<GpuDevice>;
}

/** The part of a WebGPU device that is used here. */
export interface GpuDevice {
  readonly lost: Promise<{ readonly message: string }>;
  addEventListener(type: "uncapturederror", listener: (event: { readonly error: { readonly message: string } }) => void): void;
  destroy(): void;
}

/** `navigator.gpu`, or what Dawn gives in its place. */
export interface Gpu {
  requestAdapter(options: { powerPreference: "high-performance" }): Promise<GpuAdapter | null>;
}

/** Those that decide what fits and how fast it is; all are asked for as the adapter has them. */
const limitNames = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
] as const;
type LimitName = (typeof limitNames)[number];

/** A device that WebGPU computes on. */
export interface WebGpuDevice {
  /** "NVIDIA GeForce RTX 4090", or what stands in its place. */
  adapter: string;
  /** As the adapter names it: "nvidia ampere". */
  architecture: string;
  /** The driver, as it describes itself; empty in most browsers. */
  driver: string;
  /** It computes on the processor: for tests, far slower than WASM. */
  isSoftware: boolean;
  /** Shaders can compute in half precision. */
  hasFloat16: boolean;
  /** Bytes, or counts, as WebGPU names them. */
  limits: Record<LimitName, number>;
}

/** Names under which drivers that compute on the processor are known, where the adapter does not say so itself. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|basic render|warp\b/i;

export function describeAdapter({ info, features, limits }: GpuAdapter): WebGpuDevice {
  const { vendor, architecture, device, description } = info;
  const words = [vendor, architecture, device, description].filter((word) => word !== "");
  return {
    adapter: device || description || [vendor, architecture].join(" ").trim() || "a GPU that the browser does not name",
    architecture: [vendor, architecture].join(" ").trim(),
    driver: description,
    isSoftware: info.isFallbackAdapter === true || softwareNames.test(words.join(" ")),
    hasFloat16: features.has("shader-f16"),
    limits: Object.fromEntries(limitNames.map((name) => [name, limits[name]])) as Record<LimitName, number>,
  };
}

/** A device with everything that the adapter has of what is used: the limits of WebGPU alone would refuse GPT-2's embedding. */
export function openDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const wanted = ["shader-f16", "timestamp-query", "subgroups"];
  return adapter.requestDevice({
    requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
    requiredLimits: describeAdapter(adapter).limits,
  });
}
