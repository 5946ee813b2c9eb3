import { expect, test } from "vitest";
import { describeAdapter, type GpuAdapter, openDevice } from "./adapter.ts";

/** A GPU of NVIDIA's under Dawn, or another in its place. */
function adapterOf(info: Partial<GpuAdapter["info"]> = {}, features: string[] = []) {
  const asked: { requiredFeatures: string[]; requiredLimits: Record<string, number> }[] = [];
  const limits = new Proxy({}, { get: (_, name) => (name === "maxStorageBufferBindingSize" ? 2 ** 31 - 4 : 1024) }) as GpuAdapter["limits"];
  const adapter: GpuAdapter = {
    info: { vendor: "nvidia", architecture: "ampere", device: "NVIDIA A10", description: "NVIDIA driver 550.54", ...info },
    features: new Set(features),
    limits,
    requestDevice: async (options) => {
      asked.push(options);
      return undefined as never;
    },
  };
  return { adapter, asked };
}

test("an adapter is told by its device, its architecture and its driver", () => {
  expect(describeAdapter(adapterOf().adapter)).toMatchObject({
    adapter: "NVIDIA A10",
    architecture: "nvidia ampere",
    driver: "NVIDIA driver 550.54",
    isSoftware: false,
    hasFloat16: false,
  });
});

test("a browser that hides the device's name leaves the architecture, or nothing", () => {
  expect(describeAdapter(adapterOf({ device: "", description: "" }).adapter).adapter).toBe("nvidia ampere");
  const hidden = { vendor: "", architecture: "", device: "", description: "" };
  expect(describeAdapter(adapterOf(hidden).adapter).adapter).toBe("a GPU that the browser does not name");
});

test("what computes on the processor is known by its own word or by its name", () => {
  const isSoftware = (info: Partial<GpuAdapter["info"]>) => describeAdapter(adapterOf(info).adapter).isSoftware;
  expect(isSoftware({ isFallbackAdapter: true })).toBe(true);
  expect(isSoftware({ device: "llvmpipe (LLVM 15.0.6, 256 bits)" })).toBe(true);
  expect(isSoftware({ device: "Microsoft Basic Render Driver" })).toBe(true);
  expect(isSoftware({ device: "SwiftShader Device (Subzero)" })).toBe(true);
});

test("a device is asked for with the adapter's limits, and with those of its features that are used", async () => {
  const { adapter, asked } = adapterOf({}, ["shader-f16", "texture-compression-bc"]);
  await openDevice(adapter);
  expect(asked[0]!.requiredFeatures).toEqual(["shader-f16"]);
  expect(asked[0]!.requiredLimits.maxStorageBufferBindingSize).toBe(2 ** 31 - 4);
  expect(describeAdapter(adapter).hasFloat16).toBe(true);
});
