// @ts-check
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { addTfjsPackage } from "./add-tfjs-package.mjs";
import { bindingKey } from "./binding.mjs";
import { cacheDirectory } from "./cache.mjs";
import { ensureCudaLibraries, hasNvidiaDriver } from "./cuda.mjs";
import { NativeInstallError } from "./error.mjs";
import { installBinding } from "./install-binding.mjs";
import { ensureLibrary, isComplete, libraryDirectory } from "./library.mjs";
import { isInstalled, linkLibrary, noteInstallation } from "./link.mjs";
import { npmReason, runNpm } from "./npm.mjs";
import { chooseRoute } from "./route.mjs";
import { findTfjsPackages, packageName } from "./tfjs-package.mjs";
import { verifyPackage } from "./verify.mjs";
import { tensorflowVersion } from "./wheels.mjs";

export { cacheDirectory, findTfjsPackages, NativeInstallError };

const silent = () => {};

/** @type {import("./install.d.mts").isNativeInstalled} */
export function isNativeInstalled({ gpu = false, cache = cacheDirectory() } = {}) {
  return stands({ gpu, cache, kernels: false });
}

/** @param {{ gpu: boolean, cache: string, kernels: boolean }} options `kernels`: whether it must have ours */
async function stands({ gpu, cache, kernels }) {
  const route = chooseRoute({ gpu });
  if (route.by !== "wheel" || !(await isComplete(route.wheel, cache))) return false;
  for (const { directory: packageDirectory, version } of findTfjsPackages({ gpu, cache })) {
    const key = await bindingKey({ packageDirectory, version, library: route.wheel.name });
    if (await isInstalled({ packageDirectory, library: libraryDirectory(route.wheel, cache), key, kernels })) return true;
  }
  return false;
}

/** @type {import("./install.d.mts").nativeLoads} */
export async function nativeLoads({ gpu = false, cache = cacheDirectory() } = {}) {
  for (const { directory } of findTfjsPackages({ gpu, cache })) {
    const loads = await verifyPackage(directory).then(
      () => true,
      () => false,
    );
    if (loads) return true;
  }
  return false;
}

/** @type {import("./install.d.mts").fetchNative} */
export async function fetchNative({ gpu = false, cache = cacheDirectory(), progress = silent } = {}) {
  const route = chooseRoute({ gpu });
  if (route.by !== "wheel") return { done: [] };
  const { directory, fetched } = await ensureLibrary(route.wheel, { cache, progress });
  const done = fetched ? ["downloaded"] : [];
  if (gpu && (await hasNvidiaDriver()) && (await ensureCudaLibraries({ library: directory, progress })))
    done.push("CUDA libraries downloaded");
  return { done };
}

/** @type {import("./install.d.mts").installNative} */
export async function installNative({ gpu = false, cache = cacheDirectory(), progress = silent } = {}) {
  const route = chooseRoute({ gpu });
  if (await stands({ gpu, cache, kernels: true }).catch(() => false)) {
    return { version: tensorflowVersion, package: packageName(gpu), done: ["already installed"] };
  }
  const { directory: packageDirectory, version } =
    (await firstWritable(findTfjsPackages({ gpu, cache }))) ?? (await addTfjsPackage({ gpu, cache, progress }));
  if (route.by === "own-installer") return installByTfjs({ gpu, packageDirectory, progress });

  const { done } = await fetchNative({ gpu, cache, progress });
  const library = libraryDirectory(route.wheel, cache);
  const key = await bindingKey({ packageDirectory, version, library: route.wheel.name });
  await linkLibrary({ packageDirectory, library });
  const installed = await installBinding({
    ...{ packageDirectory, version, cache, key, progress },
    library: { name: route.wheel.name, directory: library },
  });
  await noteInstallation({ packageDirectory, key, kernels: installed.kernels });
  return { version: installed.version, package: packageName(gpu), done: [...done, ...installed.done, "linked"] };
}

/**
 * A folder of npm's may belong to the system's administrator; the cache is the user's own.
 *
 * @param {readonly import("./tfjs-package.mjs").TfjsPackage[]} found
 */
async function firstWritable(found) {
  for (const candidate of found) {
    const writable = await access(candidate.directory, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (writable) return candidate;
  }
  return undefined;
}

/**
 * macOS and Windows: tfjs-node brings TensorFlow by its own installer.
 *
 * @param {{ gpu: boolean, packageDirectory: string, progress: (text: string) => void }} options
 */
async function installByTfjs({ gpu, packageDirectory, progress }) {
  const name = packageName(gpu);
  const working = await verifyPackage(packageDirectory).catch(() => undefined);
  if (working) return { version: working.version, package: name, done: ["already installed"] };
  progress(`npm rebuild ${name} (its own installer)`);
  const result = await runNpm(["rebuild", name, "--ignore-scripts=false"], { cwd: join(packageDirectory, "../../..") });
  if (!result.ok) {
    const mend = "on this platform it needs Python, a C++ compiler and access to storage.googleapis.com; WASM works without";
    throw new NativeInstallError(`${name}'s own installer failed: ${npmReason(result.stderr)}`, mend);
  }
  const { version } = await verifyPackage(packageDirectory);
  return { version, package: name, done: ["installed by its own installer"] };
}
