import { existsSync } from "node:fs";
import { BackendError } from "../error.ts";
import type { Gpu } from "./adapter.ts";

let dawn: Gpu | undefined;

/**
 * WebGPU in Node: Dawn, Chromium's own, as the npm package `webgpu` brings it. Defines `navigator.gpu` and WebGPU's classes, where they are missing,
 * as tfjs's backend wants them.
 *
 * @throws BackendError `missing` where the package is not installed
 */
export async function openDawn(): Promise<Gpu> {
  if (dawn !== undefined) return dawn;
  const { create, globals } = await import("webgpu").catch((error: unknown) => {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    throw new BackendError("missing", isAbsent ? "webgpu is not installed" : `webgpu does not load: ${(error as Error).message}`, {
      cause: error,
    });
  });
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(globals)))
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, property);
  dawn = create([]) as unknown as Gpu;
  // Node has a navigator since version 21, without a GPU.
  const { navigator = {} } = globalThis as { navigator?: object };
  if (!("navigator" in globalThis)) Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  if (!("gpu" in navigator)) Object.defineProperty(navigator, "gpu", { value: dawn, configurable: true });
  return dawn;
}

/**
 * Whether it is worth looking for a GPU unasked: Linux shows each as a file, and without one Dawn would complain that it finds no Vulkan. The
 * variable CAI_WEBGPU=ask says no.
 */
export function mayHaveGpu({
  platform = process.platform as string,
  variable = process.env.CAI_WEBGPU,
  exists = existsSync,
}: {
  platform?: string;
  variable?: string | undefined;
  exists?: (path: string) => boolean;
} = {}): boolean {
  if (variable === "ask") return false;
  return platform !== "linux" || ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"].some((path) => exists(path));
}
