import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";

/** Where Chromium and Chrome keep SwiftShader, a Vulkan device that computes on the processor. */
const places = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"].map((folder) =>
  join(folder, "vk_swiftshader_icd.json"),
);

/** Keeps a library loaded although it is no addon: glibc's RTLD_NODELETE, which Node does not name. */
const keepLoaded = 0x1000;

/**
 * Makes Dawn see Chromium's software device: to be called before WebGPU is asked for. A device that VK_ICD_FILENAMES names already is left as it
 * is, and with CAI_TEST_GPU=device the one that the machine has.
 *
 * @returns why there is none, as a test's name tells it; undefined where there is one
 */
export function offerSoftwareGpu(): string | undefined {
  if (process.env.VK_ICD_FILENAMES !== undefined || process.env.CAI_TEST_GPU === "device") return undefined;
  if (process.platform !== "linux") return "SwiftShader is looked for on Linux only";
  const device = places.find(existsSync);
  if (device === undefined) return "there is no Chromium whose SwiftShader could be used";
  process.env.VK_ICD_FILENAMES = device;
  // Dawn asks for libvulkan.so.1 by that name alone: it finds the one that is loaded already.
  try {
    process.dlopen({ exports: {} }, join(dirname(device), "libvulkan.so.1"), constants.dlopen.RTLD_LAZY | keepLoaded);
  } catch {
    // Loaded, or not there: then the system's own is found, or the backend says that there is no adapter.
  }
  return undefined;
}
