// @ts-check
import { NativeInstallError } from "./error.mjs";
import { wheels } from "./wheels.mjs";

/**
 * How native TensorFlow is had on a platform: from a wheel, or by tfjs-node's own installer.
 *
 * @typedef {{ by: "wheel", wheel: import("./wheels.mjs").Wheel } | { by: "own-installer" }} Route
 */

/**
 * @param {{ gpu: boolean, platform?: string, arch?: string, glibc?: boolean }} options
 * @returns {Route}
 */
export function chooseRoute({ gpu, platform = process.platform, arch = process.arch, glibc = hasGlibc() }) {
  const wheel = wheels[`${platform}-${arch}-${gpu ? "gpu" : "cpu"}`];
  if (platform === "linux" && wheel !== undefined) {
    if (glibc) return { by: "wheel", wheel };
    throw new NativeInstallError(
      "native TensorFlow needs glibc, and this Linux has another C library",
      "use a glibc image (Debian, Ubuntu, Fedora); WASM works here",
    );
  }
  if (gpu) throw new NativeInstallError(`there is no GPU build for ${platform} on ${arch}`, "use Linux on x64, or leave --gpu out");
  if (platform === "darwin" || (platform === "win32" && arch === "x64")) return { by: "own-installer" };
  throw new NativeInstallError(
    `there is no native TensorFlow for ${platform} on ${arch}`,
    "use Linux (x64, arm64), macOS or Windows (x64); WASM works here",
  );
}

function hasGlibc() {
  if (process.platform !== "linux") return false;
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime !== undefined;
}
